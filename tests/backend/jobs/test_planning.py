"""What is wrong with a request for a fine-tune is told before anything is computed, with its place and its cure."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from trainable import COLUMNS, ROWS, column, make_dataset
from workspaces import WorkspaceUnderTest

from tuneyard.specs.dataset import ColumnType

ESTIMATE = "/api/v1/jobs/estimate"


def columns(**roles: Any) -> dict[str, Any]:
    """The part of a request that maps columns; None leaves a role out."""
    mapping = {"text": "body", "label": "category"} | roles
    return {"columns": {role: name for role, name in mapping.items() if name is not None}}


# What is changed about the request; status, code and param of the refusal; what its message must say.
REFUSALS: list[tuple[dict[str, Any], int, str, str | None, list[str]]] = [
    (columns(text=None), 422, "missing_column", "columns.text", ["'text'", "'body'"]),
    (columns(text="nope"), 422, "missing_column", "columns.text", ["'nope'", "'body'"]),
    (columns(label="no"), 422, "missing_column", "columns.label", ["'no'", "'category'"]),
    (columns(split="no"), 422, "missing_column", "columns.split", ["'no'", "'split'"]),
    (columns(text="ticket"), 422, "column_without_text", "columns.text", ["identifier", "words in it"]),
    (columns(text="category"), 422, "column_given_twice", "columns.label", ["twice", "Pick"]),
    (columns(text=["body", "body"]), 422, "column_given_twice", "columns.text", ["twice", "Pick"]),
    (columns(label="constant"), 422, "single_class_label", "columns.label", ["'same'", "Pick"]),
    (columns(label="empty"), 422, "single_class_label", "columns.label", ["'empty'", "Pick"]),
    (columns(label="rare"), 422, "too_few_rows", "columns.label", ["8 rows", "Add rows"]),
    (columns(label="unique"), 422, "labels_seen_once", "columns.label", ["values repeat"]),
    (columns(label=["category", "rare"]), 422, "invalid_request", "columns.label", ["Only one column"]),
    (columns(split="constant"), 422, "split_value_unknown", "columns.split", ["'same'", "400", "train, validation or"]),
    ({"base_model": "gpt-9"}, 422, "unknown_base_model", "base_model", ["'gpt-9'", "all-minilm-l6-v2"]),
    ({"base_model": "../../etc"}, 422, "unknown_base_model", "base_model", ["Known ones"]),
    ({"dataset_id": "ds_none"}, 404, "not_found", None, ["'ds_none'", "Check the id"]),
    ({"version": 9}, 404, "not_found", None, ["9"]),
    ({"preset": "perfect"}, 422, "invalid_request", "preset", ["'fast', 'balanced' or 'best'"]),
    ({"hyperparameters": {"epochs": 0}}, 422, "invalid_request", "hyperparameters.epochs", ["greater than or"]),
    ({"hyperparameters": {"epoch": 1}}, 422, "invalid_request", "hyperparameters.epoch", ["lists them"]),
    ({"name": "  "}, 422, "invalid_request", "name", ["at least 1 character"]),
]


@pytest.fixture
def request_body(workspace: WorkspaceUnderTest) -> dict[str, Any]:
    """A request that can be fulfilled."""
    return {"dataset_id": make_dataset(workspace, COLUMNS), "task": "text_classification"} | columns()


@pytest.mark.parametrize("path", ["/api/v1/jobs", ESTIMATE])
def test_a_refusal_names_the_place_and_the_cure(client: TestClient, request_body: dict[str, Any], path: str) -> None:
    for change, status, code, param, words in REFUSALS:
        answer = client.post(path, json=request_body | change)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["param"]) == (status, code, param), (change, error)
        assert [word for word in words if word not in error["message"]] == [], (change, error["message"])
        if param and param.startswith("columns.") and code != "invalid_request":
            assert error["saying"]["details"], (change, error)
    assert client.get("/api/v1/jobs").json()["data"] == []


def test_a_class_with_one_row_is_named_before_the_start(client: TestClient, request_body: dict[str, Any]) -> None:
    answer = client.post(ESTIMATE, json=request_body)
    assert answer.status_code == 200, answer.text
    warnings = " ".join(warning["message"] for warning in answer.json()["warnings"])
    assert "1 class has fewer than 10 rows and may be learned badly: 'refund'. Add rows" in warnings
    assert "column 'category' with a single row: 'refund'" in warnings


@pytest.mark.parametrize(
    ("split", "held_out"),
    [
        (None, 80),
        ({"train": 300, "validation": 30, "test": 70}, 70),
        ({"Train": 250, " TEST ": 100, "holdout": 50}, 150),
        ({"train": 350, "dev": 50}, 50),
        ({"train": 400}, 80),
    ],
)
def test_the_estimate_follows_the_split_column(
    client: TestClient, workspace: WorkspaceUnderTest, split: dict[str, int] | None, held_out: int
) -> None:
    label = column("category", values={"billing": 200, "shipping": 200})
    known = [column("body", ColumnType.TEXT, distinct=ROWS), label, column("part", values=split or {"x": ROWS})]
    body = {"dataset_id": make_dataset(workspace, known), "task": "text_classification"}
    estimate = client.post(ESTIMATE, json=body | columns(split="part" if split else None)).json()
    assert (estimate["held_out_rows"], estimate["train_rows"]) == (held_out, ROWS - held_out)


def test_a_fine_tune_may_start_on_a_base_model_that_is_not_here(
    client: TestClient, workspace: WorkspaceUnderTest, request_body: dict[str, Any]
) -> None:
    absent = next(item for item in client.get("/api/v1/base-models").json()["data"] if not item["installed"])
    assert absent["download_bytes"] > 0
    estimate = client.post(ESTIMATE, json=request_body | {"base_model": absent["id"]})
    assert estimate.status_code == 200
    assert estimate.json()["memory_bytes"] > absent["bytes"]
    answer = client.post("/api/v1/jobs", json=request_body | {"base_model": absent["id"]})
    assert (answer.status_code, answer.json()["spec"]["base_model"]) == (201, absent["id"])
