"""A model that writes, deployed on the real stack and asked by real clients, in the browser too."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import openai
import pytest
from huggingface_hub import InferenceClient
from journey import ended, until, until_gone
from openai import OpenAI
from playwright.sync_api import Page, expect
from stack import Stack
from test_accessibility import look
from writing import BASE

NAME = "served-answers"
ROWS = 400
QUESTION: Any = [{"role": "user", "content": "What about 3?"}]
YES = {
    "type": "object",
    "properties": {"fine": {"type": "boolean"}},
    "required": ["fine"],
    "additionalProperties": False,
}


@pytest.fixture
def served(writing: Any) -> Any:
    """The deployment."""
    return writing.deployment


@pytest.fixture
def client(stack: Stack) -> OpenAI:
    return OpenAI(base_url=f"{stack.url}/v1", api_key=stack.key, max_retries=0)


def test_the_tuned_model_and_its_base_answer_side_by_side(client: OpenAI, served: Any) -> None:
    said = {}
    for model in (NAME, BASE):
        asked = client.chat.completions.create(
            model=model, messages=QUESTION, temperature=0, max_tokens=12, logprobs=True, top_logprobs=2
        )
        said[model] = asked.choices[0].message.content
        assert asked.usage is not None
        assert asked.usage.total_tokens == asked.usage.prompt_tokens + asked.usage.completion_tokens
        assert asked.choices[0].logprobs is not None
        assert len(asked.choices[0].logprobs.content or []) == asked.usage.completion_tokens
    # The adapter is in use.
    assert said[NAME] != said[BASE]
    assert {NAME, BASE} <= {model.id for model in client.models.list()}


def test_a_stream_says_what_the_whole_answer_says(client: OpenAI, served: Any) -> None:
    wishes: Any = {"model": NAME, "messages": QUESTION, "seed": 4, "max_tokens": 16, "n": 2}
    whole = client.chat.completions.create(**wishes)
    texts = ["", ""]
    reasons: list[Any] = [None, None]
    usage = None
    for chunk in client.chat.completions.create(**wishes, stream=True, stream_options={"include_usage": True}):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            texts[choice.index] += choice.delta.content or ""
            reasons[choice.index] = choice.finish_reason or reasons[choice.index]
    assert texts == [choice.message.content for choice in whole.choices]
    assert reasons == [choice.finish_reason for choice in whole.choices]
    assert usage == whole.usage


def test_an_answer_keeps_a_schema(client: OpenAI, served: Any) -> None:
    form: Any = {"type": "json_schema", "json_schema": {"name": "answer", "schema": YES}}
    asked = client.chat.completions.create(model=NAME, messages=QUESTION, response_format=form, max_tokens=60)
    assert isinstance(json.loads(asked.choices[0].message.content or "")["fine"], bool)


def test_texts_are_gone_on_with(client: OpenAI, served: Any) -> None:
    asked = client.completions.create(model=BASE, prompt=["One", "Two"], max_tokens=4, echo=True)
    assert [choice.text[:3] for choice in asked.choices] == ["One", "Two"]
    assert [choice.index for choice in asked.choices] == [0, 1]


def test_what_does_not_fit_is_a_400_that_names_it(client: OpenAI, served: Any) -> None:
    for wrong, param in (
        ({"messages": [{"role": "user", "content": "long " * 500}]}, "messages"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
        ({"logit_bias": {"x": 1}}, "logit_bias"),
        ({"stop": list("abcde")}, "stop"),
        ({"response_format": {"type": "json_schema", "json_schema": {"schema": {"type": "odd"}}}}, "response_format"),
    ):
        with pytest.raises(openai.BadRequestError) as refused:
            client.chat.completions.create(**{"model": NAME, "messages": QUESTION, "max_tokens": 2} | wrong)
        assert refused.value.param == param


def test_it_has_no_labels(stack: Stack, served: Any) -> None:
    answer = stack.api.post(f"/deployments/{NAME}/predict", json={"inputs": ["x"]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "wrong_kind_of_model")
    assert "/v1/chat/completions" in answer.json()["error"]["message"]


def test_hugging_faces_client_asks_it(stack: Stack, served: Any) -> None:
    client = InferenceClient(model=f"{stack.url}/hf/{NAME}", token=stack.key)
    text = client.text_generation("Once", max_new_tokens=6, return_full_text=True)
    assert text.startswith("Once")
    streamed = "".join(client.text_generation("Once", max_new_tokens=6, stream=True))
    assert "Once" + streamed == text
    chat = client.chat_completion(QUESTION, max_tokens=5)
    assert chat.usage.completion_tokens <= 5


def test_the_browser_chats_with_it(page: Page, served: Any) -> None:
    page.goto(f"/deployments/{NAME}")
    page.get_by_role("button", name="Try it").click()
    page.get_by_role("textbox", name="Your message").fill("What about 3?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("first after").first).to_be_visible()
    assert not look(page, f"/deployments/{NAME}")


def test_a_spreadsheet_comes_back_with_the_answers_of_the_deployment(
    page: Page, client: OpenAI, served: Any, tmp_path: Path
) -> None:
    asked = ["What about 3?", "What about 71?", "long " * 80]
    sheet = tmp_path / "questions.csv"
    sheet.write_text("id,prompt\n" + "".join(f"{number},{text}\n" for number, text in enumerate([*asked, ""])))
    page.goto(f"/deployments/{NAME}?tab=batch")
    expect(page.get_by_text("It reads: prompt.")).to_be_visible()
    page.get_by_label("Longest answer").fill("9")
    page.set_input_files("input[type=file]", sheet)
    row = page.get_by_role("row").filter(has_text="questions.csv")
    with page.expect_download() as download:
        row.get_by_role("link", name="Download").click(timeout=120_000)
    assert download.value.suggested_filename == "questions-predictions.csv"
    cells = list(csv.reader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
    assert cells[0] == ["id", "prompt", "prediction", "finish", "note"]
    assert [row[0] for row in cells[1:]] == ["0", "1", "2", "3"]
    for text, found in zip(asked[:2], cells[1:], strict=False):
        said: Any = [{"role": "user", "content": text}]
        live = client.chat.completions.create(model=NAME, messages=said, temperature=0, max_tokens=9).choices[0]
        assert found[2:4] == [(live.message.content or "").strip(), live.finish_reason]
    assert cells[3][4].startswith("This model's maximum context length is 256 tokens")
    assert cells[4][2:] == ["", "", "The question is empty."]


def test_a_paused_batch_does_no_row_twice(stack: Stack, served: Any) -> None:
    sheet = "prompt\n" + "".join(f"What about {number}?\n" for number in range(ROWS))
    with stack.api as api:

        def found() -> Any:
            return api.get(f"/batches/{sent['id']}").json()

        answer = api.post(
            f"/deployments/{NAME}/batches", files={"file": ("many.csv", sheet)}, data={"answer_length": 60}
        )
        sent = answer.json()
        assert answer.status_code == 202, sent
        until(found, lambda batch: (batch["progress"] or {}).get("step"))
        assert api.post(f"/jobs/{sent['job_id']}/pause").status_code == 200
        paused = until(found, lambda batch: batch["status"] == "paused", timeout=15)
        assert 0 < paused["progress"]["step"] < ROWS
        api.post(f"/jobs/{sent['job_id']}/resume")
        assert ended(api, sent["job_id"])["status"] == "succeeded"
        first, second = api.get(f"/jobs/{sent['job_id']}/attempts").json()["data"]
        assert (first["outcome"], second["outcome"]) == ("paused", "succeeded")
        assert second["continued_from_step"] >= paused["progress"]["step"]
        result = api.get(f"/batches/{sent['id']}/result").text.removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(result)))
    assert [row["prompt"] for row in rows] == [f"What about {number}?" for number in range(ROWS)]
    assert all(row["finish"] in ("stop", "length") for row in rows)
    until_gone(stack.folder / "store" / "checkpoints", f"*/{sent['job_id']}/*")
