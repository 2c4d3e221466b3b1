"""Evaluations and the rows behind them."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
from model_versions import HELD_OUT, evaluation, publish
from workspaces import MakeWorkspace, WorkspaceUnderTest
from written_versions import publish_writer


def test_evaluation_is_shown_as_it_was_recorded(workspace: WorkspaceUnderTest) -> None:
    shown = workspace.client.get(f"{publish(workspace).url}/evaluation").json()
    assert shown == evaluation().model_dump(mode="json", by_alias=True)
    assert shown["verdict"]["zh-CN"] == "一半正确。"


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({}, [3, 7, 12, 15, 9, 21]),
        ({"label": "refund", "predicted": "billing"}, [12, 9]),
        ({"correct": True}, [3, 7, 15]),
        ({"correct": False}, [12, 9, 21]),
        ({"correct": False, "order": "least_sure"}, [21, 9, 12]),
        ({"order": "sheet"}, [3, 7, 9, 12, 15, 21]),
        ({"order": "sheet", "offset": 4}, [15, 21]),
        ({"label": "' OR true --"}, []),
    ],
)
def test_rows_behind_a_cell_most_confident_first(
    workspace: WorkspaceUnderTest, query: dict[str, Any], rows: list[int]
) -> None:
    found = workspace.client.get(f"{publish(workspace).url}/evaluation/rows", params=query).json()
    assert [row["row"] for row in found["data"]] == rows
    assert found["total"] == len(rows) + query.get("offset", 0)


def test_rows_hold_what_the_model_read_and_said(workspace: WorkspaceUnderTest) -> None:
    url = f"{publish(workspace).url}/evaluation/rows"
    page = workspace.client.get(url, params={"offset": 1, "limit": 1}).json()
    row, text, label, predicted, score = HELD_OUT[1]
    assert page["data"] == [{"row": row, "text": text, "label": label, "predicted": predicted, "score": score}]
    assert page["total"] == len(HELD_OUT)


def test_lost_rows_are_told_as_such(workspace: WorkspaceUnderTest) -> None:
    version = publish(workspace)
    (version.path / "evaluation" / "predictions.parquet").write_bytes(b"not parquet")
    refused = workspace.client.get(f"{version.url}/evaluation/rows")
    assert (refused.status_code, refused.json()["error"]["code"]) == (500, "artifact_damaged")


def test_without_an_evaluation_is_404(workspace: WorkspaceUnderTest, make_workspace: MakeWorkspace) -> None:
    missing = workspace.client.get(f"{publish(workspace, evaluated=False).url}/evaluation")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")
    version, stranger = publish(workspace), make_workspace()
    assert stranger.client.get(f"{version.url}/evaluation").status_code == 404
    assert stranger.client.get(f"{version.url}/evaluation/rows").status_code == 404


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({}, [3, 8, 9]),
        ({"order": "closest"}, [9, 3, 8]),
        ({"order": "farthest", "limit": 2}, [8, 3]),
        ({"search": "PARCEL"}, [3, 9]),
        ({"search": "100%"}, [8]),
        ({"search": "' OR true --"}, []),
        ({"offset": 2}, [9]),
    ],
)
def test_answers_are_listed_and_searched(workspace: WorkspaceUnderTest, query: dict[str, Any], rows: list[int]) -> None:
    version = publish_writer(workspace)
    write_answers(version.path / "evaluation" / "answers.parquet")
    found = workspace.client.get(f"{version.url}/evaluation/answers", params=query).json()
    assert [row["row"] for row in found["data"]] == rows
    assert found["total"] == {"limit": 3, "offset": 3}.get(next(reversed(query), ""), len(rows))


def test_an_answer_stands_beside_the_others(workspace: WorkspaceUnderTest) -> None:
    version = publish_writer(workspace)
    url = f"{version.url}/evaluation/answers"
    (version.path / "evaluation" / "answers.parquet").unlink()
    damaged = workspace.client.get(url)
    assert (damaged.status_code, damaged.json()["error"]["code"]) == (500, "artifact_damaged")
    write_answers(version.path / "evaluation" / "answers.parquet")
    row = workspace.client.get(url).json()["data"][0]
    assert row == {
        "row": 3,
        "asked": "Where is my parcel?",
        "expected": "On its way.",
        "answer": "It is on its way.",
        "base": "Who?",
        "retrieved": "It was sent.",
        "chrf": 60.5,
    }
    refused = workspace.client.get(f"{publish(workspace).url}/evaluation/answers")
    assert (refused.status_code, "does not write" in refused.json()["error"]["message"]) == (404, True)


def write_answers(path: Path) -> None:
    rows = [
        (9, "<|x|>The other parcel?", "The other parcel?", "Sent.", "Sent.", "Who?", "It was sent.", 100.0),
        (
            3,
            "<|x|>Where is my parcel?",
            "Where is my parcel?",
            "On its way.",
            "It is on its way.",
            "Who?",
            "It was sent.",
            60.5,
        ),
        (8, "<|x|>Refund?", "Refund?", "100% of it.", "No.", "What?", "Half of it.", 12.0),
    ]
    with duckdb.connect() as database:
        database.execute(
            "CREATE TABLE answers (row BIGINT, prompt VARCHAR, asked VARCHAR, expected VARCHAR, answer VARCHAR, "
            "base VARCHAR, retrieved VARCHAR, chrf DOUBLE)"
        )
        database.executemany("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        database.execute(f"COPY answers TO '{path}' (FORMAT parquet)")
