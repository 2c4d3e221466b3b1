"""Evaluations and the rows behind them."""

from typing import Any

import pytest
from model_versions import HELD_OUT, evaluation, publish
from workspaces import MakeWorkspace, WorkspaceUnderTest


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
