"""Requests for text generation: what is wrong is told with its place and cure, what is right is queued."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from trainable import ROWS, column, make_dataset
from workspaces import WorkspaceUnderTest, services

from tuneyard.base_models.writers import DEFAULT_WRITER
from tuneyard.datasets.models import DatasetVersion
from tuneyard.jobs import workers
from tuneyard.jobs.models import Job, JobStatus
from tuneyard.jobs.workers import WorkerFacts
from tuneyard.kit import clock
from tuneyard.specs.dataset import ColumnType, LengthStats
from tuneyard.specs.sayings import Saying

ESTIMATE = "/api/v1/jobs/estimate"
PREVIEW = "/api/v1/jobs/preview"
LENGTHS = LengthStats(shortest=300, mean=300, median=300, p95=300, longest=300)
COLUMNS = [
    column("question", ColumnType.TEXT, distinct=ROWS).model_copy(update={"lengths": LENGTHS}),
    column("answer", ColumnType.TEXT, distinct=ROWS).model_copy(update={"lengths": LENGTHS}),
    column("chat", ColumnType.TEXT, distinct=ROWS),
    column("who", values={"user": 200, "agent": 200}),
    column("person", values={"Mia": 200, "Kim Lee": 200}).model_copy(update={"reasons": [Saying(code="author_names")]}),
    column("few", values={"a": 4, "b": 5}),
    column("id", values={"c1": 200, "c2": 200}),
    column("side", values={"train": 300, "test": 100}),
]
PAIR = {"prompt": "question", "completion": "answer"}


@pytest.fixture
def request_body(workspace: WorkspaceUnderTest) -> dict[str, Any]:
    return {"dataset_id": make_dataset(workspace, COLUMNS), "task": "text_generation", "columns": PAIR}


MESSAGES = {"conversation": "id", "author": "who", "content": "answer"}
ANSWERING = "hyperparameters.answering_authors"
REFUSALS: list[tuple[dict[str, Any], str, str, list[str]]] = [
    ({"columns": {"prompt": "question"}}, "missing_column", "columns.completion", ["'completion'", "'answer'"]),
    ({"columns": {"completion": "answer"}}, "missing_column", "columns.prompt", ["'prompt'"]),
    ({"columns": {}}, "missing_column", "columns.messages", ["'messages'"]),
    ({"columns": {"author": "who", "content": "answer"}}, "missing_column", "columns.conversation", ["'conversation'"]),
    ({"columns": PAIR | {"messages": "chat"}}, "invalid_request", "columns.messages", ["nothing to do"]),
    ({"columns": PAIR | {"label": "who"}}, "invalid_request", "columns.label", ["no role 'label'"]),
    ({"columns": PAIR | {"system": "nope"}}, "missing_column", "columns.system", ["'nope'"]),
    (
        {"columns": PAIR | {"rejected": "chat", "conversation": "id"}},
        "invalid_request",
        "columns.conversation",
        ["rej"],
    ),
    ({"columns": {"prompt": "question", "rejected": "chat"}}, "missing_column", "columns.completion", ["'answer'"]),
    ({"hyperparameters": {"preference_beta": 0}}, "invalid_request", "hyperparameters.preference_beta", ["greater"]),
    (
        {"columns": PAIR | {"prompt": "answer"}},
        "column_given_twice",
        "columns.completion",
        ["'prompt'", "'completion'"],
    ),
    ({"columns": PAIR | {"completion": "few"}}, "too_few_rows", "columns.completion", ["9 rows", "Add rows"]),
    ({"columns": PAIR | {"prompt": "few"}}, "too_few_rows", "columns.prompt", ["9 rows", "'few'"]),
    ({"columns": PAIR | {"rejected": "few"}}, "too_few_rows", "columns.rejected", ["9 rows", "'few'"]),
    (
        {"columns": {"messages": "few", "completion": "answer", "rejected": "chat"}},
        "too_few_rows",
        "columns.messages",
        ["9 rows"],
    ),
    (
        {"hyperparameters": {"prompt_template": "{{question}} in {{shop}}?"}},
        "missing_column",
        "hyperparameters.prompt_template",
        ["'shop'", "{{column}}"],
    ),
    (
        {"columns": {"messages": "chat"}, "hyperparameters": {"prompt_template": "Sum up: {{chat}}"}},
        "invalid_request",
        "hyperparameters.prompt_template",
        ["no question", "Leave"],
    ),
    (
        {
            "columns": {"conversation": "id", "author": "who", "content": "answer"},
            "hyperparameters": {"prompt_template": "Sum up: {{chat}}"},
        },
        "invalid_request",
        "hyperparameters.prompt_template",
        ["no question", "Leave"],
    ),
    ({"columns": MESSAGES | {"author": "person"}}, "invalid_request", ANSWERING, ["'person'", "Name those"]),
    (
        {"columns": MESSAGES, "hyperparameters": {"answering_authors": ["Agent", "Kim"]}},
        "invalid_request",
        ANSWERING,
        ["'who'", "'Kim'", "Choose"],
    ),
    ({"hyperparameters": {"lora_rank": 0}}, "invalid_request", "hyperparameters.lora_rank", ["greater than"]),
    ({"hyperparameters": {"head_epochs": 1}}, "invalid_request", "hyperparameters.head_epochs", ["lists them"]),
    ({"base_model": "all-minilm-l6-v2"}, "unsuitable_base_model", "base_model", [DEFAULT_WRITER]),
]


def test_a_refusal_names_the_place_and_the_cure(client: TestClient, request_body: dict[str, Any]) -> None:
    for change, code, param, words in REFUSALS:
        answer = client.post(ESTIMATE, json=request_body | change)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["param"]) == (422, code, param), (change, error)
        assert [word for word in words if word not in error["message"]] == [], (change, error["message"])


@pytest.mark.parametrize(
    "columns",
    [
        PAIR,
        {"prompt": ["id", "question"], "completion": "answer"},
        {"messages": "chat"},
        {"conversation": "id", "author": "who", "content": "answer"},
        {"conversation": "id"} | PAIR,
        PAIR | {"rejected": "chat"},
        {"messages": "chat", "completion": "answer", "rejected": "question"},
        {"messages": "chat", "rejected": "answer"},
    ],
)
def test_every_form_is_taken(client: TestClient, request_body: dict[str, Any], columns: dict[str, Any]) -> None:
    answer = client.post("/api/v1/jobs", json=request_body | {"columns": columns})
    assert answer.status_code == 201, answer.text
    spec = answer.json()["spec"]
    assert (spec["task"], spec["columns"], spec["base_model"]) == ("text_generation", columns, DEFAULT_WRITER)
    assert spec["hyperparameters"]["task"] == "text_generation"


def test_a_template_stands_for_the_prompt(client: TestClient, request_body: dict[str, Any]) -> None:
    template = {"prompt_template": "Q: {{question}}"}
    body = request_body | {"columns": {"completion": "answer"}, "hyperparameters": template}
    assert client.post(ESTIMATE, json=body).status_code == 200


def test_who_answers_is_told_where_authors_are_people(client: TestClient, request_body: dict[str, Any]) -> None:
    body = request_body | {"columns": MESSAGES | {"author": "person"}}
    answer = client.post("/api/v1/jobs", json=body | {"hyperparameters": {"answering_authors": [" kim lee"]}})
    assert answer.status_code == 201, answer.text
    assert answer.json()["spec"]["hyperparameters"]["answering_authors"] == [" kim lee"]


def test_the_estimate_goes_by_epochs_and_by_what_learns(client: TestClient, request_body: dict[str, Any]) -> None:
    def ask(**changes: Any) -> dict[str, Any]:
        return client.post(ESTIMATE, json=request_body | changes).json()  # type: ignore[no-any-return]

    once, often = (ask(hyperparameters={"epochs": epochs, "time_budget_seconds": 9000}) for epochs in (1, 9))
    assert once["seconds"] < often["seconds"] <= 9000
    assert ask(hyperparameters={"epochs": 9, "time_budget_seconds": 60})["seconds"] == 60
    lora, full = (ask(hyperparameters={"tuning": tuning})["memory_bytes"] for tuning in ("lora", "full"))
    assert lora < full
    pairs = ask(columns=PAIR | {"rejected": "chat"})
    assert ask()["memory_bytes"] < pairs["memory_bytes"], "two answers are read at once"
    assert (once["train_rows"], once["held_out_rows"]) == (360, 40)
    assert [warning["code"] for warning in once["warnings"]] == ["short_exam"]


def test_too_little_time_for_all_rows_is_told(
    client: TestClient, workspace: WorkspaceUnderTest, request_body: dict[str, Any]
) -> None:
    def short(**hyper: Any) -> dict[str, int]:
        """What is told of it; nothing where there is time enough."""
        warnings = client.post(ESTIMATE, json=request_body | {"hyperparameters": hyper}).json()["warnings"]
        told = [each for each in warnings if each["code"] == "rows_without_time"]
        if not told:
            return {}
        assert f"about {told[0]['details']['percent']} % of the rows" in told[0]["message"]
        return told[0]["details"]  # type: ignore[no-any-return]

    much = short(time_budget_seconds=60)
    assert 0 < much["percent"] < 50
    assert much["minutes"] > 1
    assert short(time_budget_seconds=60 * much["minutes"]) == {}
    finished(client, workspace, request_body, {"epoch_seconds": 90.0})
    assert short(time_budget_seconds=60) == {"percent": 40, "minutes": 2}
    assert short(time_budget_seconds=120) == {}
    pairs = request_body | {"columns": PAIR | {"rejected": "chat"}, "hyperparameters": {"time_budget_seconds": 60}}
    warnings = client.post(ESTIMATE, json=pairs).json()["warnings"]
    assert "rows_without_time" not in {each["code"] for each in warnings}, "they have to be weighed first"


def finished(
    client: TestClient, workspace: WorkspaceUnderTest, body: dict[str, Any], metrics: dict[str, float]
) -> None:
    """A fine-tune that has succeeded, and what it measured."""
    job_id = client.post("/api/v1/jobs", json=body).json()["id"]
    with services(workspace.app).database.workspace(workspace.id) as session:
        job = session.get_one(Job, job_id)
        job.status, job.metrics, job.started_at = JobStatus.SUCCEEDED, metrics, clock.now()
        job.finished_at = job.started_at + timedelta(seconds=200)


def test_no_rule_says_how_quick_a_card_is(
    client: TestClient, workspace: WorkspaceUnderTest, request_body: dict[str, Any]
) -> None:
    facts = WorkerFacts(
        id="w",
        host="h",
        queues=["train"],
        device="NVIDIA A10",
        memory_total_bytes=16 * 10**9,
        card_memory_bytes=24 * 10**9,
        fast_bf16=True,
    )
    with services(workspace.app).database.system() as session:
        workers.seen(session, facts)
    warnings = client.post(ESTIMATE, json=request_body | {"hyperparameters": {"time_budget_seconds": 10}}).json()
    assert "rows_without_time" not in {each["code"] for each in warnings["warnings"]}
    with services(workspace.app).database.system() as session:
        workers.gone(session, "w")


def test_rows_without_an_answer_that_is_not_wanted_are_told_before(
    client: TestClient, workspace: WorkspaceUnderTest
) -> None:
    some = column("other", ColumnType.TEXT, distinct=ROWS - 30).model_copy(update={"missing": 30})
    body = {"dataset_id": make_dataset(workspace, [*COLUMNS[:2], some]), "task": "text_generation"}
    found = client.post(ESTIMATE, json=body | {"columns": PAIR | {"rejected": "other"}}).json()
    assert found["train_rows"] + found["held_out_rows"] == ROWS - 30
    assert [warning["message"] for warning in found["warnings"] if warning["code"] == "missing_answer"] == [
        "30 rows have no text in column 'other' and will be left out."
    ]


def test_its_hyperparameters_are_described(client: TestClient) -> None:
    found = client.get("/api/v1/jobs/hyperparameters", params={"task": "text_generation"}).json()
    assert found["schema"]["properties"]["max_length"]["unit"] == "tokens"
    assert found["presets"]["fast"]["epochs"] < found["presets"]["best"]["epochs"]
    assert {"title", "description", "default"} <= set(found["schema"]["properties"]["tuning"])


def test_a_row_that_can_not_be_shown_is_told_in_words(
    client: TestClient, workspace: WorkspaceUnderTest, request_body: dict[str, Any]
) -> None:
    classes = {"task": "text_classification", "columns": {"text": "question", "label": "who"}}
    rows = [
        (request_body | {"row": 0}, 422, "row", "greater than"),
        (request_body | {"row": ROWS + 1}, 422, "row", "only 400 rows"),
        (request_body | classes, 422, "task", "text generation"),
        (request_body | {"columns": {"prompt": "question"}}, 422, "columns.completion", "'completion'"),
        # The base model of this store is nothing but its manifest.
        (request_body, 422, None, "lacks the file config.json"),
        (request_body | {"base_model": "gemma-3-270m-it"}, 409, "base_model", "A fine-tune on it fetches it first"),
    ]
    data = services(workspace.app).store.path(storage_key(workspace, request_body["dataset_id"])) / "data.parquet"
    data.parent.mkdir(parents=True, exist_ok=True)
    data.write_bytes(b"")
    for body, status, param, words in rows:
        answer = client.post(PREVIEW, json=body)
        error = answer.json()["error"]
        assert (answer.status_code, error["param"]) == (status, param), error
        assert words in error["message"]


def storage_key(workspace: WorkspaceUnderTest, dataset_id: str) -> str:
    with services(workspace.app).database.workspace(workspace.id) as session:
        key = session.scalars(select(DatasetVersion.storage_key).where(DatasetVersion.dataset_id == dataset_id)).one()
    return str(key)


def test_a_second_dataset_may_choose_the_best_moment(
    client: TestClient, workspace: WorkspaceUnderTest, request_body: dict[str, Any]
) -> None:
    checks, strange = make_dataset(workspace, COLUMNS, "checks"), make_dataset(workspace, COLUMNS[2:], "strange")
    for change, code, param in (
        ({"validation_dataset_id": strange}, "missing_column", "validation_dataset_id"),
        ({"validation_dataset_id": request_body["dataset_id"]}, "invalid_request", "validation_dataset_id"),
        ({"validation_dataset_id": "ds_none"}, "not_found", None),
        ({"validation_dataset_id": checks, "validation_version": 9}, "not_found", None),
        ({"validation_dataset_id": checks, "columns": PAIR | {"split": "side"}}, "invalid_request", None),
    ):
        error = client.post(ESTIMATE, json=request_body | change).json()["error"]
        assert (error["code"], error["param"]) == (code, param or error["param"])
    job = client.post("/api/v1/jobs", json=request_body | {"validation_dataset_id": checks})
    assert job.status_code == 201, job.text
    spec = job.json()["spec"]
    assert (spec["validation_dataset_id"], spec["validation_version"]) == (checks, 1)
    # What a model learned from stays known, and so does what chose its best moment.
    assert client.get(f"/api/v1/datasets/{checks}/uses").json()["count"] == 1
    assert client.delete(f"/api/v1/datasets/{checks}").status_code == 409


def test_qlora_waits_for_no_card_that_nobody_has(
    workspace: WorkspaceUnderTest, client: TestClient, request_body: dict[str, Any]
) -> None:
    body = request_body | {"hyperparameters": {"tuning": "qlora"}}
    for device, card, status in (("cpu, 2 threads", 0, 422), ("NVIDIA A10", 24 * 10**9, 201)):
        with services(workspace.app).database.system() as session:
            facts = WorkerFacts(
                id="w",
                host="h",
                queues=["train"],
                device=device,
                memory_total_bytes=16 * 10**9,
                card_memory_bytes=card,
                fast_bf16=True,
            )
            workers.seen(session, facts)
        warned = {warning["code"] for warning in client.post(ESTIMATE, json=body).json()["warnings"]}
        assert ("no_graphics_card" in warned) == (status == 422)
        answer = client.post("/api/v1/jobs", json=body)
        assert answer.status_code == status, answer.text
        if status == 422:
            error = answer.json()["error"]
            assert (error["code"], error["param"]) == ("no_graphics_card", "hyperparameters.tuning")
            assert "lora" in error["message"]
    with services(workspace.app).database.system() as session:
        workers.gone(session, "w")
