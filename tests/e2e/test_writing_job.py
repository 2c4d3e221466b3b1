"""A table of questions and answers becomes a model that writes: by REST, on the real stack, with a tiny base model."""

import io
import zipfile

from writing import BASE, REPOSITORY

from hub_double import COMMIT


def test_the_job_fetched_its_base_model_first(stack, writing):
    told = stack.api.get(f"/jobs/{writing.job['id']}/events?limit=1000").json()["data"]
    phases = [event["data"]["phase"] for event in told if event["data"].get("phase")]
    assert phases == ["fetching", "preparing", "training", "evaluating", "packaging"]
    kept = stack.api.get(f"/base-models/{BASE}").json()
    assert (kept["installed"], kept["source"]) == (True, f"hub:{REPOSITORY}@{COMMIT}")
    assert writing.version["base_model"]["sha256"] == kept["sha256"]


def test_a_row_is_shown_as_it_is_taught(stack, writing):
    shown = stack.api.post("/jobs/preview", json=writing.asked | {"row": 3}).json()
    assert "".join(each["text"] for each in shown["lessons"][0]["tokens"] if each["learned"]) == (
        "Number 2 is fine.<|im_end|>"
    )


def test_the_version_tells_what_it_learned_and_how_well(stack, writing):
    version, path = writing.version, writing.page
    assert (version["task"], version["chosen"]["tuning"], version["splits"]["test"]) == ("text_generation", "lora", 6)
    evaluation = stack.api.get(f"{path}/evaluation").json()
    assert (evaluation["task"], evaluation["rows"], evaluation["answered_rows"]) == ("text_generation", 6, 2)
    assert "perplexity" in evaluation["verdict"]["en"]
    assert "untuned model" in stack.api.get(f"{path}/card").text
    answers = stack.api.get(f"{path}/evaluation/answers", params={"search": "NUMBER"}).json()
    assert [f"Number {row['row'] - 1} is fine." for row in answers["data"]] == [
        row["expected"] for row in answers["data"]
    ]
    assert answers["total"] == 2


def test_its_adapters_can_be_downloaded(stack, writing):
    path = f"{writing.page}/download?format=adapter"
    with zipfile.ZipFile(io.BytesIO(stack.api.get(path).content)) as archive:
        assert {"adapter_config.json", "adapter_model.safetensors", "README.md"} == set(archive.namelist())


def test_the_stream_shows_what_it_answers_while_it_learns(stack, writing):
    events = f"/jobs/{writing.job['id']}/events"
    told = stack.api.get(f"{events}?limit=1000").json()["data"]
    samples = [event["data"] for event in told if event["type"] == "samples"]
    assert samples[0]["step"] == 0
    assert {each["row"] for each in samples[0]["answers"]} == {each["row"] for each in samples[-1]["answers"]}
    streamed = stack.api.get(events, headers={"accept": "text/event-stream"}).text
    assert streamed.count("event: samples") == len(samples)


def test_the_command_line_sees_that_it_is_to_write(stack, writing):
    result = stack.run("tune", str(writing.sheet), "--base-model", BASE, "--name", "from the command line")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Reads prompt → writes completion" in result.stdout
    assert "step 0: What about" in result.stdout
    assert "perplexity" in result.stdout
    assert "untuned model" in result.stdout
