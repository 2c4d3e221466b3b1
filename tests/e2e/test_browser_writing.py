"""A table of questions and answers in the browser: three clicks to a model that writes, and what came out of it."""

import json
import re

from journey import ended
from pasting import put_key_into_code, run_pasted
from playwright.sync_api import expect
from writing import BASE

from judge_endpoint import judging
from tuneyard.base_models.writers import DEFAULT_WRITER


def test_three_clicks_and_the_very_text_that_is_learned(stack, page, writing):
    page.goto(f"/datasets/{writing.dataset['id']}")
    expect(page.get_by_role("region", name="What it can teach")).to_contain_text("Can teach to write answers")
    page.get_by_role("link", name="Fine-tune").click()
    expect(page.get_by_label("Answer", exact=True)).to_have_value("completion")
    text = page.get_by_role("region", name="The text of the row")
    expect(text.locator("mark")).to_have_text("Number 0 is fine.<|im_end|>")
    system = page.get_by_role("textbox", name="System prompt")
    system.fill("You know about ")
    page.get_by_role("group", name="Columns for “System prompt”").get_by_label("Insert the column prompt").click()
    expect(system).to_have_value("You know about {{prompt}}")
    page.get_by_label("The next row").click()
    expect(text).to_contain_text("system You know about What about 1?<|im_end|>")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page).to_have_url(re.compile(r"/jobs/job_\w+$"))
    expect(page.get_by_role("heading", name="What was chosen, and why")).to_be_visible()
    job_id = page.url.rpartition("/")[2]
    with stack.api as api:
        assert "{{prompt}}" in api.get(f"/jobs/{job_id}").json()["spec"]["hyperparameters"]["system_prompt"]
        assert api.post(f"/jobs/{job_id}/cancel").status_code == 200


def test_a_file_of_conversations_can_be_learned_from_as_it_comes(page, writing, tmp_path):
    said = [[("user", f"What about {n}?"), ("assistant", f"Number {n} is fine.")] for n in range(30)]
    lines = [{"messages": [{"role": role, "content": text} for role, text in turns]} for turns in said]
    file = tmp_path / "conversations.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    page.goto("/")
    page.set_input_files("input[type=file]", file)
    expect(page).to_have_url(re.compile(r"/datasets/ds_\w+"))
    teaches = page.get_by_role("region", name="What it can teach")
    expect(teaches).to_contain_text("Can teach to write answers", timeout=60_000)
    page.get_by_role("link", name="Fine-tune").click()
    expect(page.get_by_label("How do the rows hold it?")).to_have_value("messages")
    expect(page.get_by_label("Messages", exact=True)).to_have_value("messages")
    text = page.get_by_role("region", name="The text of the row")
    expect(text.locator("mark")).to_have_text("Number 0 is fine.<|im_end|>")
    expect(page.get_by_text("3 rows kept for the exam")).to_be_visible()
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()


def test_a_base_model_that_is_not_here_is_fetched_and_not_any_more_once_it_is_cancelled(stack, page, writing):
    page.goto(f"/datasets/{writing.dataset['id']}/fine-tune")
    card = page.get_by_role("radio", name="SmolLM2 135M Instruct")
    expect(card).to_contain_text("Will be fetched first, 92.9 MB.")
    card.click()
    expect(page.get_by_text("Shown once the base model is on this server")).to_be_visible()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page).to_have_url(re.compile(r"/jobs/job_\w+$"))
    expect(page.get_by_role("list", name="Phases")).to_contain_text("Fetching the base model", timeout=30_000)
    expect(page.get_by_role("status").get_by_text("Fetching SmolLM2 135M Instruct")).to_be_visible()
    job_id = page.url.rpartition("/")[2]
    with stack.api as api:
        assert api.post(f"/jobs/{job_id}/cancel").status_code == 200
        assert ended(api, job_id)["status"] == "cancelled"
        assert not api.get(f"/base-models/{DEFAULT_WRITER}").json()["installed"]


def test_what_came_out_is_shown_and_searched(page, writing):
    page.goto(f"/jobs/{writing.job['id']}")
    expect(page.get_by_role("heading", name="What it answers meanwhile")).to_be_visible()
    expect(page.get_by_text("Before, untuned").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Validation loss \d"))).to_be_visible()
    page.get_by_role("link", name="Open the model").click()
    expect(page.get_by_role("img", name="Perplexity", exact=True)).to_be_visible()
    page.get_by_role("tab", name="Its answers").click()
    expect(page.get_by_role("article")).to_have_count(2)
    page.get_by_label("Find in questions and answers").fill("no such thing")
    expect(page.get_by_text("Nothing like this was found.")).to_be_visible()
    expect(page).to_have_url(re.compile("find=no"))


def test_another_model_judges_and_its_key_is_kept_nowhere(page, stack, writing):
    page.goto(f"{writing.page}/vote")
    part = page.locator("section").filter(has=page.get_by_role("heading", name="Let another model judge"))
    with judging() as endpoint:
        part.get_by_label("Address").fill(endpoint.url)
        part.get_by_label("Model").fill("judge-1")
        part.get_by_role("textbox", name="Key").fill("sk-very-secret")
        endpoint.status = 401
        part.get_by_role("button", name="Let it judge").click()
        expect(part.get_by_role("alert")).to_contain_text("The judge answers with the status 401")
        endpoint.status = 200
        endpoint.reply = lambda _: "I would rather not say."
        part.get_by_role("button", name="Let it judge").click()
        expect(part.get_by_role("status")).to_have_text(
            "0 of 2 judged · 2 without a clear answer · it has seen every row"
        )
        endpoint.reply = lambda material: "A" if material["answer A"] > material["answer B"] else "B"
        part.get_by_role("button", name="Ask again about 2 rows that it has not decided").click()
        expect(part.get_by_role("status")).to_have_text("2 of 2 judged · it has seen every row")
        assert endpoint.asked[-1][0]["authorization"] == "Bearer sk-very-secret"
    expect(part.get_by_role("region", name=re.compile("^judge-1 at 127.0.0.1"))).to_contain_text("Of 2 rows, this")
    assert "sk-very-secret" not in str(page.context.storage_state()) + page.evaluate("JSON.stringify(sessionStorage)")


def test_the_untuned_model_answers_beside_it_in_the_same_manner(page, writing):
    asked = []
    page.on("request", lambda sent: asked.append(sent.post_data_json) if sent.url.endswith("/completions") else None)
    name = writing.deployment["name"]
    page.goto(f"/deployments/{name}")
    page.get_by_label("Beside the untuned model").check()
    page.get_by_role("textbox", name="Your message").fill("What about 3?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("log", name="Conversation").get_by_text("tokens read")).to_have_count(2)
    assert {each.pop("model") for each in asked} == {name, BASE}
    assert asked[0] == asked[1]
    assert asked[0]["temperature"] == writing.version["decoding"]["temperature"] == 0


def test_the_code_of_a_chat_runs_as_it_is_pasted(page, writing, tmp_path):
    name = writing.deployment["name"]
    page.goto(f"/deployments/{name}?tab=code")
    put_key_into_code(page)
    answer = json.loads(run_pasted(page, ["bash"], tmp_path / "ask.sh"))
    assert answer["model"] == name
    assert isinstance(answer["choices"][0]["message"]["content"], str)
    assert 0 < answer["usage"]["completion_tokens"] <= 256
