"""Fine-tunings of the OpenAI API: validated, queued as native jobs, deployed when they have succeeded."""

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient
from model_versions import PublishedVersion
from workspaces import WorkspaceUnderTest, services
from written_versions import publish_writer

from tuneyard.base_models.importing import key_of
from tuneyard.base_models.writers import DEFAULT_WRITER
from tuneyard.datasets import service as datasets
from tuneyard.deployments.schemas import NAME
from tuneyard.jobs import repository
from tuneyard.jobs.models import Job
from tuneyard.kit import clock
from tuneyard.openai import fine_tuning
from tuneyard.specs.events import EventType, JobError

JOBS = "/v1/fine_tuning/jobs"
Upload, Read, Succeed = Callable[..., Any], Callable[..., None], Callable[..., PublishedVersion]


def test_it_waits_until_its_files_are_read(client: TestClient, upload: Upload, read: Read, create: Any) -> None:
    training, validation = upload()["id"], upload("checks.jsonl")["id"]
    asked = create(training, validation_file=validation, seed=7, suffix="Kind words", metadata={"team": "a"})
    assert (asked["status"], asked["tuneyard_job_id"]) == ("validating_files", None)
    for file in (training, validation):
        refused = client.delete(f"/v1/files/{file}")
        assert (refused.status_code, refused.headers["x-should-retry"]) == (409, "false")
    read(training)
    assert client.get(f"{JOBS}/{asked['id']}").json()["status"] == "validating_files"
    read(validation)
    found = client.get(f"{JOBS}/{asked['id']}").json()
    assert (found["status"], found["seed"], found["hyperparameters"]["n_epochs"]) == ("queued", 7, 3)
    job = client.get(f"/api/v1/jobs/{found['tuneyard_job_id']}").json()
    assert (job["name"], job["spec"]["columns"]) == ("Kind words", {"messages": "messages"})
    assert job["spec"]["validation_dataset_id"] == validation
    for file in (training, validation):
        refused = client.delete(f"/v1/files/{file}")
        assert "Kind words" in refused.json()["error"]["message"]


def test_a_file_that_was_read_already_is_queued_at_once(upload: Upload, read: Read, create: Any) -> None:
    file = upload()["id"]
    read(file, ("prompt", "completion"))
    assert create(file)["status"] == "queued"


def test_a_base_model_that_is_not_here_yet_is_no_hindrance(
    client: TestClient, upload: Upload, read: Read, create: Any, workspace: WorkspaceUnderTest
) -> None:
    services(workspace.app).store.delete([key_of(DEFAULT_WRITER)])
    assert DEFAULT_WRITER not in [model["id"] for model in client.get("/v1/models").json()["data"]]
    file = upload()["id"]
    read(file)
    assert create(file)["status"] == "queued"


def test_hyperparameters_are_those_of_openai_or_our_own(
    client: TestClient, upload: Upload, read: Read, create: Any
) -> None:
    file = upload()["id"]
    read(file)
    given = {"n_epochs": 2, "batch_size": 2, "learning_rate_multiplier": 0.5, "time_budget_seconds": 60}
    method = {"type": "supervised", "supervised": {"hyperparameters": given}}
    for how in ({"method": method}, {"hyperparameters": given}):
        found = create(file, **how)
        assert found["hyperparameters"] == found["method"]["supervised"]["hyperparameters"] == given
        used = client.get(f"/api/v1/jobs/{found['tuneyard_job_id']}").json()["spec"]["hyperparameters"]
        expected = {"epochs": 2, "batch_size": 2, "packing": False, "learning_rate": 5e-4, "time_budget_seconds": 60}
        assert expected.items() <= used.items()


PAIRS = ("input", "preferred_output", "non_preferred_output")


def test_preferences_are_learned_from_pairs_of_answers(
    client: TestClient, upload: Upload, read: Read, create: Any
) -> None:
    file = upload("pairs.jsonl")["id"]
    method = {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.5, "batch_size": 4}}}
    asked = create(file, method=method)
    assert asked["method"]["dpo"]["hyperparameters"] == {
        "beta": 0.5, "batch_size": 4, "n_epochs": "auto", "learning_rate_multiplier": "auto"
    }  # fmt: skip
    read(file, PAIRS)
    found = client.get(f"{JOBS}/{asked['id']}").json()
    assert (found["status"], found["method"]["type"]) == ("queued", "dpo")
    spec = client.get(f"/api/v1/jobs/{found['tuneyard_job_id']}").json()["spec"]
    assert spec["columns"] == {
        "messages": "input", "completion": "preferred_output", "rejected": "non_preferred_output"
    }  # fmt: skip
    assert spec["hyperparameters"]["preference_beta"] == 0.5
    usual = create(file, method={"type": "dpo"})
    assert usual["hyperparameters"]["beta"] == 0.1


def test_pairs_of_answers_may_stand_beside_a_plain_question(
    workspace: WorkspaceUnderTest, client: TestClient, upload: Upload, read: Read, create: Any
) -> None:
    file = upload("pairs.jsonl")["id"]
    read(file, PAIRS)
    columns = {"prompt": "input", "completion": "preferred_output", "rejected": "non_preferred_output"}
    with services(workspace.app).database.workspace(workspace.id) as session:
        version = datasets.get_version(session, workspace.id, file, None)
        version.profile = version.profile | {"suggested_task": "text_generation", "suggested_columns": columns}
    found = create(file, method={"type": "dpo"})
    assert client.get(f"/api/v1/jobs/{found['tuneyard_job_id']}").json()["spec"]["columns"] == columns


def test_the_learning_rate_may_be_multiplied_as_far_as_is_said(
    client: TestClient, upload: Upload, read: Read, create: Any
) -> None:
    file = upload()["id"]
    read(file)
    for least_or_most, used in ((0.001, 1e-6), (50, 0.05)):
        found = create(file, hyperparameters={"learning_rate_multiplier": least_or_most})
        spec = client.get(f"/api/v1/jobs/{found['tuneyard_job_id']}").json()["spec"]
        assert spec["hyperparameters"]["learning_rate"] == used
    body = {"model": DEFAULT_WRITER, "training_file": file, "hyperparameters": {"learning_rate_multiplier": 51}}
    error = client.post(JOBS, json=body).json()["error"]
    assert error["param"] == "hyperparameters.learning_rate_multiplier"
    assert "0.001 to 50" in error["message"]


def test_a_method_and_a_file_that_do_not_fit_are_told(client: TestClient, upload: Upload, read: Read) -> None:
    for columns, method, words in (
        (("messages",), "dpo", '"preferred_output"'),
        (("a", "b"), "dpo", '"preferred_output"'),
        (PAIRS, "supervised", '"messages"'),
    ):
        file = upload()["id"]
        read(file, columns)
        answer = client.post(JOBS, json={"model": DEFAULT_WRITER, "training_file": file, "method": {"type": method}})
        error = answer.json()["error"]
        assert (answer.status_code, error["param"]) == (400, "training_file"), answer.text
        assert words in error["message"]


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"method": {"type": "dpo", "dpo": {"hyperparameters": {"beta": 3}}}}, "method.dpo.hyperparameters.beta"),
    ({"method": {"type": "dpo"}, "hyperparameters": {"beta": 3}}, "hyperparameters.beta"),
    ({"method": {"type": "dpo"}, "hyperparameters": {"beta": [1]}}, "hyperparameters.beta"),
    ({"method": {"type": "supervised", "supervised": {"hyperparameters": {"beta": 1}}}}, "hyperparameters.beta"),
    ({"method": {"type": "reinforcement"}}, "method.type"),
    ({"method": {"type": "dpo", "supervised": {"hyperparameters": {"n_epochs": 2}}}}, "method.supervised"),
    ({"method": {"type": "supervised", "dpo": {"hyperparameters": {"beta": 0.5}}}}, "method.dpo"),
    ({"integrations": [{"type": "wandb", "wandb": {"project": "p"}}]}, "integrations"),
    ({"colour": "red"}, "colour"),
    ({"model": "gpt-4o-mini"}, "model"),
    ({"model": "ft-smollm2-135m-instruct-mine-0123456789"}, "model"),
    ({"model": "all-minilm-l6-v2"}, "model"),
    ({"training_file": "ds_none"}, "training_file"),
    ({"validation_file": "ds_none"}, "validation_file"),
    ({"suffix": "x" * 65}, "suffix"),
    ({"seed": -1}, "seed"),
    ({"metadata": {"k": "v" * 513}}, "metadata.k"),
    ({"hyperparameters": {"n_epochs": 99}}, "hyperparameters.n_epochs"),
    ({"hyperparameters": {"max_length": 1}}, "hyperparameters.max_length"),
    ({"hyperparameters": {"nonsense": 1}}, "hyperparameters.nonsense"),
]


def test_what_cannot_be_honoured_is_a_400_that_names_it(client: TestClient, upload: Upload) -> None:
    file = upload()["id"]
    for more, param in REFUSALS:
        answer = client.post(JOBS, json={"model": DEFAULT_WRITER, "training_file": file} | more)
        error = answer.json()["error"]
        assert (answer.status_code, error["type"]) == (400, "invalid_request_error"), answer.text
        assert error["param"] == param
    assert client.get(JOBS).json()["data"] == []


def test_a_model_can_be_named_as_on_the_hub(upload: Upload, create: Any) -> None:
    for name in ("HuggingFaceTB/SmolLM2-135M-Instruct", "smollm2-135m-instruct"):
        assert create(upload()["id"], model=name)["model"] == DEFAULT_WRITER


def test_files_that_cannot_be_learned_from_fail_it_with_the_cause(
    client: TestClient, upload: Upload, read: Read, create: Any, workspace: WorkspaceUnderTest
) -> None:
    strange, broken = upload("strange.jsonl")["id"], upload("broken.jsonl")["id"]
    ids = [create(file)["id"] for file in (strange, broken)]
    read(strange, ("a", "b"))
    held = services(workspace.app)
    with held.database.workspace(workspace.id) as session:
        error = JobError(code="broken", message="Line 3 is no JSON.")
        datasets.ingest_failed(session, workspace_id=workspace.id, dataset_id=broken, error=error)
        fine_tuning.file_read(session, held, workspace.id, broken)
    found = [client.get(f"{JOBS}/{each}").json() for each in ids]
    assert [each["status"] for each in found] == ["failed", "failed"]
    assert found[0]["error"]["param"] == "training_file"
    assert '"messages"' in found[0]["error"]["message"]
    assert "Line 3" in found[1]["error"]["message"]
    assert found[0]["finished_at"]
    told = client.get(f"{JOBS}/{ids[1]}/events").json()["data"]
    assert [event["level"] for event in told] == ["error", "info"]
    # Nothing waits for the file any longer.
    assert client.delete(f"/v1/files/{broken}").status_code == 200


def test_too_few_rows_are_told_at_once_where_they_are_known(client: TestClient, upload: Upload, read: Read) -> None:
    file = upload()["id"]
    read(file, rows=3)
    answer = client.post(JOBS, json={"model": DEFAULT_WRITER, "training_file": file})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "too_few_rows")
    assert answer.json()["error"]["param"] == "training_file"


def test_what_is_learned_from_can_not_choose_the_best_moment(client: TestClient, upload: Upload, read: Read) -> None:
    file = upload()["id"]
    read(file)
    answer = client.post(JOBS, json={"model": DEFAULT_WRITER, "training_file": file, "validation_file": file})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "validation_file")


def test_it_can_be_cancelled_paused_and_resumed(client: TestClient, upload: Upload, read: Read, create: Any) -> None:
    file = upload()["id"]
    waiting = create(file)["id"]
    assert client.post(f"{JOBS}/{waiting}/pause").json()["error"]["code"] == "still_validating"
    for _ in range(2):
        assert client.post(f"{JOBS}/{waiting}/cancel").json()["status"] == "cancelled"
    read(file)
    assert client.get(f"{JOBS}/{waiting}").json()["status"] == "cancelled"
    queued = create(file)["id"]
    assert client.post(f"{JOBS}/{queued}/pause").json()["status"] == "paused"
    assert client.post(f"{JOBS}/{queued}/resume").json()["status"] == "queued"
    assert client.post(f"{JOBS}/{queued}/cancel").json()["status"] == "cancelled"
    again = client.post(f"{JOBS}/{queued}/resume")
    assert (again.status_code, again.headers["x-should-retry"]) == (409, "false")


def test_lists_come_in_pages_and_by_metadata(client: TestClient, upload: Upload, create: Any) -> None:
    file = upload()["id"]
    ids = [create(file, metadata={"n": str(number), "team": "a"})["id"] for number in range(3)]
    first = client.get(f"{JOBS}?limit=2").json()
    assert ([job["id"] for job in first["data"]], first["has_more"]) == ([ids[2], ids[1]], True)
    rest = client.get(f"{JOBS}?limit=2&after={ids[1]}").json()
    assert ([job["id"] for job in rest["data"]], rest["has_more"]) == ([ids[0]], False)
    assert [job["id"] for job in client.get(f"{JOBS}?metadata[n]=1&metadata[team]=a").json()["data"]] == [ids[1]]
    assert client.get(f"{JOBS}?metadata[n]=9").json()["data"] == []
    bare = create(file)["id"]
    assert [job["id"] for job in client.get(f"{JOBS}?metadata=null").json()["data"]] == [bare]


def test_events_come_in_pages_newest_first(
    client: TestClient, upload: Upload, read: Read, create: Any, workspace: WorkspaceUnderTest
) -> None:
    file = upload()["id"]
    read(file)
    asked = create(file)
    told: list[tuple[EventType, dict[str, Any]]] = [
        (EventType.LOG, {"code": "c", "message": "Careful.", "level": "warning", "details": {}}),
        (EventType.PROGRESS, {"step": 1}),
        (EventType.METRICS, {"step": 5, "epoch": 0.5, "values": {"train_loss": 2.0, "learning_rate": 1e-4}}),
        (EventType.METRICS, {"step": 5, "epoch": 0.5, "values": {"validation_loss": 1.5}}),
    ]
    with services(workspace.app).database.workspace(workspace.id) as session:
        job = session.get_one(Job, asked["tuneyard_job_id"])
        items = [{"type": kind, "at": clock.now(), "data": data} for kind, data in told]
        repository.append_events(session, job, items)
    found, after = [], None
    while True:
        page = client.get(
            f"{JOBS}/{asked['id']}/events", params={"limit": 2} | ({"after": after} if after else {})
        ).json()
        found += page["data"]
        if not page["has_more"]:
            break
        after = page["last_id"]
    assert [event["type"] for event in found] == ["metrics", "metrics", "message", "message", "message"]
    assert found[1]["data"] == {"step": 5, "epoch": 0.5, "train_loss": 2.0}
    assert found[1]["message"] == "Step 5: training loss 2.000."
    assert (found[2]["level"], found[2]["message"]) == ("warn", "Careful.")
    assert file in found[-1]["message"]
    assert client.get(f"{JOBS}/{asked['id']}/events?after=nothing").json()["error"]["param"] == "after"


def test_the_same_request_sent_twice_starts_one(client: TestClient, upload: Upload) -> None:
    body = {"model": DEFAULT_WRITER, "training_file": upload()["id"]}
    ids = {client.post(JOBS, json=body, headers={"idempotency-key": "k"}).json()["id"] for _ in range(2)}
    assert len(ids) == 1
    assert len(client.get(JOBS).json()["data"]) == 1


def test_what_comes_out_is_deployed(client: TestClient, upload: Upload, create: Any, succeed: Succeed) -> None:
    asked = create(upload()["id"], suffix="Kind words & more, for everybody", hyperparameters={"n_epochs": 1})
    version = succeed(asked["id"])
    found = client.get(f"{JOBS}/{asked['id']}").json()
    name = found["fine_tuned_model"]
    assert NAME.fullmatch(name)
    assert name == f"ft-{DEFAULT_WRITER}-kind-words-more-for-{asked['id'][-10:]}"
    (kept,) = client.get(f"{JOBS}/{asked['id']}/checkpoints").json()["data"]
    assert (kept["fine_tuned_model_checkpoint"], kept["fine_tuning_job_id"]) == (name, asked["id"])
    assert client.get(f"/v1/models/{name}").json()["owned_by"] == found["organization_id"]
    assert client.delete(f"/v1/models/{name}").json()["deleted"] is True
    assert client.get(f"/v1/models/{name}").status_code == 404
    assert client.get(version.url).status_code == 200
    assert client.delete(f"/api/v1/models/{version.model_id}").status_code == 204
    assert client.get(f"{JOBS}/{asked['id']}/checkpoints").json()["data"] == []


def test_what_can_not_be_deployed_is_told_with_the_cure(
    client: TestClient, upload: Upload, create: Any, succeed: Succeed, workspace: WorkspaceUnderTest
) -> None:
    asked = create(upload()["id"], hyperparameters={"n_epochs": 1})
    name = f"ft-{DEFAULT_WRITER}-{asked['id'][-10:]}"
    taken = {"name": name, "model_version_id": publish_writer(workspace).id}
    assert client.post("/api/v1/deployments", json=taken).status_code == 201
    succeed(asked["id"])
    found = client.get(f"{JOBS}/{asked['id']}").json()
    assert (found["status"], found["fine_tuned_model"]) == ("succeeded", None)
    (told,) = [each for each in client.get(f"{JOBS}/{asked['id']}/events").json()["data"] if each["level"] == "warn"]
    assert told["message"] == (
        f"The model was not deployed as '{name}': There is a deployment named '{name}' already. "
        "It is kept all the same: deploy it on its page, by another name."
    )
