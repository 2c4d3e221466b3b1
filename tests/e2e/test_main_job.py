"""The main job by REST: upload, train, evaluate, deploy, predict; on the real stack."""

import io
import json
import subprocess
import time
import zipfile
from pathlib import Path

import httpx
import pytest
from huggingface_hub import InferenceClient
from journey import ended

ROOT = Path(__file__).parents[2]
TICKETS = ROOT / "examples" / "support-tickets.csv"
TEXT = "My card was charged twice for the same order, please give me the money back"


@pytest.fixture(scope="module")
def dataset(stack, sample):
    return stack.api.get(f"/datasets/{sample.dataset}").json()


@pytest.fixture(scope="module")
def job(stack, sample):
    return stack.api.get(f"/jobs/{sample.job}").json()


@pytest.fixture(scope="module")
def version(stack, sample):
    return stack.api.get(f"/model-versions/{sample.versions[0]}").json()


@pytest.fixture(scope="module")
def deployment(stack, sample):
    return stack.api.get(f"/deployments/{sample.deployment}").json()


def test_every_part_is_ready(stack):
    answer = httpx.get(f"{stack.url}/readyz", trust_env=False)
    assert answer.status_code == 200
    assert {"postgres", "redis", "worker", "serving"} <= set(answer.json()["parts"])


def test_the_command_line_tells_who_works_and_what_happened(stack, job):
    listed = stack.run("jobs", "--status", "succeeded", "--limit", "200")
    assert job["id"] in listed.stdout, listed.stderr
    told = stack.run("jobs", "show", job["id"])
    assert "It finished." in told.stdout, told.stderr
    workers = stack.run("workers")
    assert workers.stdout.count("worker_") == 2, workers.stderr
    for worker in stack.api.get("/workers").json()["data"]:
        assert worker["alive"]
        assert 0 < worker["memory_bytes"] < worker["memory_total_bytes"]
        assert worker["cores"] > 0


def test_the_dataset_is_read_with_suggestions(stack, dataset):
    version = stack.api.get(f"/datasets/{dataset['id']}/versions/1").json()
    assert version["rows"] == 551
    assert version["suggested_task"] == "text_classification"
    assert version["suggested_columns"]["label"] == "category"


def test_the_job_tells_its_story_without_a_gap(stack, job):
    events = stack.api.get(f"/jobs/{job['id']}/events?limit=1000").json()["data"]
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    phases = [event["data"]["phase"] for event in events if event["data"].get("phase")]
    assert phases == ["preparing", "training", "evaluating", "packaging"]
    fractions = [event["data"]["fraction"] for event in events if event["type"] == "progress"]
    assert fractions == sorted(fractions)


def test_a_stream_goes_on_behind_the_last_event_seen(stack, job):
    headers = {"accept": "text/event-stream", "last-event-id": "3"}
    with stack.api.stream("GET", f"/jobs/{job['id']}/events", headers=headers) as response:
        lines = list(response.iter_lines())
    ids = [int(line.removeprefix("id: ")) for line in lines if line.startswith("id: ")]
    assert ids == list(range(4, ids[-1] + 1))


def test_the_verdict_stands_on_held_out_rows(stack, version):
    evaluation = stack.api.get(f"/models/{version['model_id']}/versions/{version['number']}/evaluation").json()
    kinds = {baseline["kind"] for baseline in evaluation["baselines"]}
    assert {"majority", "tfidf_logistic_regression"} <= kinds
    majority = next(item for item in evaluation["baselines"] if item["kind"] == "majority")
    assert majority["difference"]["low"] > 0
    assert sum(map(sum, evaluation["confusion"])) == evaluation["rows"]
    assert evaluation["verdict"]["en"]
    assert evaluation["verdict"]["zh-CN"]


def test_the_rows_behind_a_confusion_cell(stack, version):
    path = f"/models/{version['model_id']}/versions/{version['number']}/evaluation"
    evaluation = stack.api.get(path).json()
    labels, confusion = evaluation["labels"], evaluation["confusion"]
    truth, predicted = next(
        (i, j) for i in range(len(labels)) for j in range(len(labels)) if i != j and confusion[i][j]
    )
    rows = stack.api.get(f"{path}/rows", params={"label": labels[truth], "predicted": labels[predicted]}).json()
    assert len(rows["data"]) == confusion[truth][predicted]


def test_the_deployed_model_answers(stack, deployment):
    answer = stack.api.post("/deployments/inbox/predict", json={"inputs": [TEXT, "hello"], "top_k": 3}).json()
    assert answer["model_version_id"] == deployment["routes"][0]["model_version_id"]
    assert len(answer["predictions"]) == 2
    assert answer["predictions"][0]["label"] in {"billing", "refund"}


def test_the_real_hugging_face_client(stack, deployment):
    client = InferenceClient(model=f"{stack.url}/hf/inbox", token=stack.key)
    found = client.text_classification(TEXT)
    native = stack.api.post("/deployments/inbox/predict", json={"inputs": [TEXT]}).json()["predictions"][0]
    assert found[0].label == native["label"]
    assert found[0].score == pytest.approx(native["score"])


def test_downloads_give_the_same_predictions(stack, deployment, version, tmp_path):
    path = f"/models/{version['model_id']}/versions/{version['number']}/download"
    for form in ("transformers", "onnx"):
        answer = stack.api.get(path, params={"format": form})
        zipfile.ZipFile(io.BytesIO(answer.content)).extractall(tmp_path / form)
    live = stack.api.post("/deployments/inbox/predict", json={"inputs": [TEXT]}).json()["predictions"][0]
    config = next((tmp_path / "transformers").rglob("config.json")).parent
    graph = next((tmp_path / "onnx").rglob("model.onnx")).parent
    code = (Path(__file__).parent / "plain_clients.py").read_text()
    result = subprocess.run(
        [str(ROOT / ".venv/bin/python"), "-c", code, str(config), str(graph), TEXT],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    for scores in json.loads(result.stdout.splitlines()[-1]):
        assert scores == pytest.approx(live["scores"], abs=2e-3)


def test_a_batch_keeps_every_row_in_its_place(stack, deployment):
    lines = TICKETS.read_bytes()
    answer = stack.api.post("/deployments/inbox/batches", files={"file": ("tickets.csv", lines)})
    assert answer.status_code == 202, answer.text
    batch = answer.json()
    assert ended(stack.api, batch["job_id"])["status"] == "succeeded"
    result = stack.api.get(f"/batches/{batch['id']}/result")
    assert "T-10413" in result.text
    assert "prediction" in result.text.splitlines()[0]


def test_a_name_can_be_used_once(stack, deployment, version):
    answer = stack.api.post("/deployments", json={"name": "inbox", "model_version_id": version["id"]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "name_taken")


def test_a_bad_request_names_the_place_and_the_cure(stack, dataset):
    request = {
        "dataset_id": dataset["id"],
        "task": "text_classification",
        "columns": {"text": "nope", "label": "category"},
    }
    error = stack.api.post("/jobs", json=request).json()["error"]
    assert (error["code"], error["param"]) == ("missing_column", "columns.text")
    assert "'nope'" in error["message"]
    assert "'body'" in error["message"]


def test_the_command_line_does_the_whole_job(stack):
    started = time.monotonic()
    result = stack.run("tune", str(TICKETS), "--deploy", "support")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Right " in result.stdout
    curl = next(line for line in result.stdout.splitlines() if line.startswith("curl "))
    answer = subprocess.run(["bash", "-c", curl], capture_output=True, text=True, timeout=30, check=True)
    assert json.loads(answer.stdout)["predictions"][0]["label"]
    predicted = stack.run("predict", "support", "My card was charged twice")
    assert predicted.returncode == 0, predicted.stderr
    assert "billing" in predicted.stdout
    assert time.monotonic() - started < 240
