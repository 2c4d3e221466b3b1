"""The schema: what migrations make is what the models say, and every step can be taken back with data in the tables."""

import math
from collections.abc import Iterator
from typing import Any

import possessions
import pytest
import written_versions
from model_versions import publish_artifact
from sqlalchemy import inspect, text
from workspaces import WorkspaceUnderTest, services

from tuneyard.kit import migrations
from tuneyard.specs.evaluation import Interval

# What a step says otherwise than before has a test of its own.
REWRITTEN = {"evaluations": {"evaluation"}}


@pytest.fixture
def back_at_head(database_url: str) -> Iterator[None]:
    yield
    migrations.upgrade(database_url)


def test_the_models_and_the_migrated_database_agree(database_url: str) -> None:
    assert migrations.differences(database_url) == []


def test_every_step_goes_down_and_up_with_data(
    database_url: str, workspace: WorkspaceUnderTest, back_at_head: None
) -> None:
    possessions.fill(workspace)
    steps = migrations.revisions()
    tables = [kept_rows(workspace)]
    assert {name for name, rows in tables[0].items() if not rows} <= {"login_attempts", "worker_processes"}
    for step in steps[1:]:
        migrations.downgrade(database_url, step)
        tables.append(kept_rows(workspace))
        assert_same_where_both_have_it(tables[-2], tables[-1])
    for step in reversed(steps[:-1]):
        migrations.upgrade(database_url, step)
        assert_same_where_both_have_it(tables[-1], kept_rows(workspace))
    assert migrations.differences(database_url) == []
    assert kept_rows(workspace).keys() == tables[0].keys()


def test_figures_that_were_recorded_without_intervals_have_them(
    database_url: str, workspace: WorkspaceUnderTest, back_at_head: None
) -> None:
    share = Interval(value=0.5, low=0.4, high=0.6)
    now = written_versions.evaluation()
    now = now.model_copy(update={"answers": now.answers.model_copy(update={"valid_json": share})})
    version = publish_artifact(workspace, "answers", written_versions.write_artifact, now)
    migrations.downgrade(database_url, "0009")
    [recorded] = [row for row in kept_rows(workspace)["evaluations"] if row["model_version_id"] == version.id]
    for likelihood in (recorded["evaluation"]["likelihood"], recorded["evaluation"]["baselines"][0]["likelihood"]):
        assert (likelihood["loss"], likelihood["token_accuracy"]) == (1.5, 0.6)
    assert recorded["evaluation"]["answers"]["valid_json"] == 0.5
    assert recorded["evaluation"]["baselines"][1]["likelihood"] is None

    migrations.upgrade(database_url)
    read = workspace.client.get(f"{version.url}/evaluation").json()
    for likelihood in (read["likelihood"], read["baselines"][0]["likelihood"]):
        assert likelihood["loss"] == pytest.approx({"value": 1.5, "low": math.log(4), "high": math.log(5)})
        assert likelihood["token_accuracy"] == pytest.approx({"value": 0.6, "low": 0.2524, "high": 0.8695}, abs=1e-4)
    assert read["answers"]["valid_json"] == pytest.approx({"value": 0.5, "low": 0.1876, "high": 0.8124}, abs=1e-4)
    assert read["baselines"][1]["likelihood"] is None


def test_all_of_it_can_be_taken_back(database_url: str, workspace: WorkspaceUnderTest, back_at_head: None) -> None:
    possessions.fill(workspace)
    migrations.downgrade(database_url, "base")
    assert inspect(services(workspace.app).database.engine).get_table_names() == ["alembic_version"]
    migrations.upgrade(database_url)
    assert migrations.differences(database_url) == []


def kept_rows(workspace: WorkspaceUnderTest) -> dict[str, list[dict[str, Any]]]:
    """Every row by table, as the database gives it."""
    database = services(workspace.app).database
    names = sorted(set(inspect(database.engine).get_table_names()) - {"alembic_version"})
    with database.system() as session:
        return {name: list(session.scalars(text(f"SELECT to_jsonb(t) FROM {name} t ORDER BY t"))) for name in names}


def assert_same_where_both_have_it(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> None:
    assert "workspaces" in after
    for name in before.keys() & after.keys():
        both = before[name][0].keys() & after[name][0].keys() if before[name] and after[name] else set()
        both = both - REWRITTEN.get(name, set())
        seen = [
            sorted(str([(key, row[key]) for key in sorted(both)]) for row in rows[name]) for rows in (before, after)
        ]
        assert seen[0] == seen[1], name
