"""A table of questions and answers becomes a model that writes: by REST, on the real stack, with a tiny base model."""

import io
import json
import zipfile

import pytest
from journey import ended, upload

from tiny_llama import write_tiny_llama

ROWS = [{"prompt": f"What about {n}?", "completion": f"Number {n} is fine."} for n in range(60)]
HYPER = {"max_length": 96, "epochs": 2, "lora_rank": 4, "exam_answers": 2, "answer_length": 8}


@pytest.fixture(scope="module")
def sheet(stack, tmp_path_factory):
    """The rows as a file; the base model is there."""
    folder = tmp_path_factory.mktemp("writing")
    base = folder / "tiny-llama"
    base.mkdir()
    write_tiny_llama(base)
    pulled = stack.run("models", "pull", "tiny-llama", "--from", str(base))
    assert pulled.returncode == 0, pulled.stdout + pulled.stderr
    sheet = folder / "answers.jsonl"
    sheet.write_text("\n".join(map(json.dumps, ROWS)))
    return sheet


@pytest.fixture(scope="module")
def version(stack, sheet):
    """What came out of it."""
    with stack.api as api:
        dataset = upload(api, sheet, "answers")
        read = api.get(f"/datasets/{dataset['id']}/versions/1").json()
        assert (read["suggested_task"], read["suggested_columns"]) == (
            "text_generation",
            {"prompt": "prompt", "completion": "completion"},
        )
        asked = {
            "dataset_id": dataset["id"],
            "task": read["suggested_task"],
            "columns": read["suggested_columns"],
            "base_model": "tiny-llama",
            "hyperparameters": HYPER,
        }
        shown = api.post("/jobs/preview", json=asked | {"row": 3}).json()
        assert "".join(each["text"] for each in shown["lessons"][0]["tokens"] if each["learned"]) == (
            "Number 2 is fine.<|im_end|>"
        )
        started = api.post("/jobs", json=asked)
        assert started.status_code == 201, started.text
        job = ended(api, started.json()["id"])
        assert job["status"] == "succeeded", job["error"]
        return api.get(f"/model-versions/{job['model_version_id']}").json()


def test_the_version_tells_what_it_learned_and_how_well(stack, version):
    path = f"/models/{version['model_id']}/versions/1"
    assert (version["task"], version["chosen"]["tuning"], version["splits"]["test"]) == ("text_generation", "lora", 6)
    evaluation = stack.api.get(f"{path}/evaluation").json()
    assert (evaluation["task"], evaluation["rows"], evaluation["answered_rows"]) == ("text_generation", 6, 2)
    assert "perplexity" in evaluation["verdict"]["en"]
    assert "untuned model" in stack.api.get(f"{path}/card").text


def test_its_adapters_can_be_downloaded(stack, version):
    path = f"/models/{version['model_id']}/versions/1/download?format=adapter"
    with zipfile.ZipFile(io.BytesIO(stack.api.get(path).content)) as archive:
        assert {"adapter_config.json", "adapter_model.safetensors", "README.md"} == set(archive.namelist())


def test_the_stream_shows_what_it_answers_while_it_learns(stack, version):
    told = stack.api.get(f"/jobs/{version['job_id']}/events?limit=1000").json()["data"]
    samples = [event["data"] for event in told if event["type"] == "samples"]
    assert samples[0]["step"] == 0
    assert {each["row"] for each in samples[0]["answers"]} == {each["row"] for each in samples[-1]["answers"]}
    streamed = stack.api.get(f"/jobs/{version['job_id']}/events", headers={"accept": "text/event-stream"}).text
    assert streamed.count("event: samples") == len(samples)


def test_the_command_line_sees_that_it_is_to_write(stack, sheet):
    result = stack.run("tune", str(sheet), "--base-model", "tiny-llama", "--name", "from the command line")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Reads prompt → writes completion" in result.stdout
    assert "step 0: What about" in result.stdout
    assert "perplexity" in result.stdout
    assert "untuned model" in result.stdout
