"""The OpenAI facade of a model that writes, where serving is in trouble or can't read what is sent."""

import json
from threading import Event
from typing import Any

import httpx
import openai
import pytest
from huggingface_hub import InferenceClient
from huggingface_hub.errors import TextGenerationError
from openai import OpenAI
from serving_double import ServingDouble, report
from workspaces import WorkspaceUnderTest
from written_versions import publish_writer

from tuneyard.predictions.schemas import LONGEST_TEXT

ASK: Any = [{"role": "user", "content": "Where is my parcel?"}]
BEGUN = {"index": 0, "text": "It is", "thought": "", "tokens": [], "finish_reason": None}
TOOK = {"prompt_tokens": 5, "completion_tokens": 2, "cached_tokens": 3}
BROKEN = {"error": {"code": "internal_error", "message": "The processor is on fire."}}


@pytest.fixture
def client(address: str, workspace: WorkspaceUnderTest, serving: ServingDouble) -> OpenAI:
    """A client of a workspace whose deployment `answers` writes."""
    version = publish_writer(workspace)
    made = workspace.client.post("/api/v1/deployments", json={"name": "answers", "model_version_id": version.id})
    assert made.status_code == 201, made.text
    report(workspace.client, serving.token, version.id)
    return OpenAI(base_url=f"{address}/v1", api_key=workspace.key, max_retries=0)


def test_what_goes_wrong_in_a_stream_is_an_error_of_the_client(client: OpenAI, serving: ServingDouble) -> None:
    serving.lines = [BEGUN, BROKEN]
    said = []
    with pytest.raises(openai.APIError, match="on fire") as broken:
        for chunk in client.chat.completions.create(model="answers", messages=ASK, stream=True):
            said.append(chunk.choices[0].delta.content)
    assert said == ["", "It is"]
    assert broken.value.type == "server_error"
    with pytest.raises(openai.APIError, match="on fire"):
        list(client.completions.create(model="answers", prompt="Where", stream=True))


def test_what_goes_wrong_without_a_stream_has_a_status(client: OpenAI, serving: ServingDouble) -> None:
    serving.lines = [BEGUN, BROKEN]
    with pytest.raises(openai.InternalServerError, match="on fire"):
        client.chat.completions.create(model="answers", messages=ASK)


def test_a_message_that_says_more_than_text_is_refused_by_name(client: OpenAI, serving: ServingDouble) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    told: Any = [*ASK, {"role": "assistant", "content": "Wait.", "tool_calls": [call]}, *ASK]
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model="answers", messages=told)
    assert refused.value.param == "messages.1.tool_calls"
    assert serving.asked == []


def test_what_the_client_sends_back_of_an_answer_is_read(client: OpenAI, serving: ServingDouble) -> None:
    serving.lines = [BEGUN | {"finish_reason": "stop"}, TOOK]
    answer = client.chat.completions.create(model="answers", messages=ASK)
    assert answer.usage is not None
    assert answer.usage.prompt_tokens_details is not None
    assert (answer.usage.total_tokens, answer.usage.prompt_tokens_details.cached_tokens) == (7, 3)
    first = answer.choices[0].message
    for back in (first, first.model_dump()):
        told: Any = [*ASK, back, *ASK]
        client.chat.completions.create(model="answers", messages=told)
        assert serving.asked[-1][1]["messages"][1] == {"role": "assistant", "content": "It is"}


def test_hugging_faces_client_has_a_schema_kept(client: OpenAI, serving: ServingDouble) -> None:
    serving.lines = [BEGUN | {"finish_reason": "stop"}, TOOK]
    hub = hub_of(client)
    schema = {"type": "object", "properties": {"fine": {"type": "boolean"}}}
    form: Any = {"type": "json_schema", "json_schema": {"name": "fine", "schema": schema}}
    hub.chat_completion(ASK, response_format=form)
    assert serving.asked[-1][1]["json_schema"] == schema
    client.chat.completions.create(model="answers", messages=ASK, response_format={"type": "json_object"})
    assert serving.asked[-1][1]["json_schema"] == {"type": "object"}


def test_what_goes_wrong_in_a_stream_is_one_text_for_hugging_faces_client(
    client: OpenAI, serving: ServingDouble
) -> None:
    serving.lines = [BEGUN, BROKEN]
    hub, said = hub_of(client), []
    with pytest.raises(TextGenerationError) as broken:
        for chunk in hub.chat_completion(ASK, stream=True):
            said.append(chunk.choices[0].delta.content)
    assert said == ["", "It is"]
    assert broken.value.args[0].startswith("The processor is on fire. ")


def test_what_some_take_for_the_end_of_a_line_ends_no_event(client: OpenAI, serving: ServingDouble) -> None:
    text = "one\u2028two\u2029three\x85four"
    serving.lines = [BEGUN | {"text": text, "finish_reason": "stop"}, TOOK]
    hub = hub_of(client)
    chunks = list(hub.chat_completion(ASK, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == text
    assert "".join(hub.text_generation("Where", stream=True)) == text


def test_a_text_too_long_for_any_model_is_refused_as_one_too_long_for_this(
    client: OpenAI, serving: ServingDouble
) -> None:
    told: Any = [{"role": "user", "content": [{"type": "text", "text": "x" * (LONGEST_TEXT + 1)}]}]
    with pytest.raises(openai.BadRequestError, match="longer than the model's context length") as refused:
        client.chat.completions.create(model="answers", messages=told)
    assert (refused.value.code, refused.value.param) == ("context_length_exceeded", "messages.0.content.0.text")
    with pytest.raises(openai.BadRequestError) as refused:
        client.completions.create(model="answers", prompt="x" * (LONGEST_TEXT + 1))
    assert (refused.value.code, refused.value.param) == ("context_length_exceeded", "prompt")
    assert serving.asked == []


def test_likelihoods_of_what_is_only_repeated_are_refused(client: OpenAI, serving: ServingDouble) -> None:
    serving.lines = [BEGUN | {"finish_reason": "stop"}, TOOK]
    with pytest.raises(openai.BadRequestError) as refused:
        client.completions.create(model="answers", prompt="Where", echo=True, logprobs=1)
    assert refused.value.param == "logprobs"
    assert serving.asked == []


@pytest.mark.parametrize("kind", [None, "application/x-www-form-urlencoded"])
def test_json_that_is_not_called_so_is_told_with_the_cure(client: OpenAI, kind: str | None) -> None:
    headers = {"authorization": f"Bearer {client.api_key}"} | ({"content-type": kind} if kind else {})
    body = json.dumps({"model": "answers", "messages": ASK}).encode()
    answer = httpx.post(f"{client.base_url}chat/completions", content=body, headers=headers)
    assert answer.status_code == 400
    assert "`Content-Type: application/json`" in answer.json()["error"]["message"]


def hub_of(client: OpenAI) -> InferenceClient:
    """Hugging Face's for the same deployment."""
    return InferenceClient(model=str(client.base_url).replace("/v1/", "/hf/answers"), token=client.api_key)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", {"model": "answers", "messages": ASK}),
        ("/v1/completions", {"model": "answers", "prompt": "Where"}),
        ("/hf/answers", {"inputs": "Where"}),
    ],
)
def test_who_hangs_up_before_the_first_word_is_not_answered_on(
    client: OpenAI, serving: ServingDouble, path: str, body: dict[str, Any], stream: bool
) -> None:
    serving.thinking = Event()
    with httpx.Client(base_url=str(client.base_url.copy_with(path="/")), timeout=0.5) as hasty:
        with pytest.raises(httpx.ReadTimeout):
            hasty.post(path, json=body | {"stream": stream}, headers={"authorization": f"Bearer {client.api_key}"})
        assert serving.thinking.is_set()
    assert serving.left.wait(10)
