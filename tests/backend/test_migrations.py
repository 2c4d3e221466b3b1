"""The schema: what migrations make is what the models say, and every step can be taken back with data in the tables."""

from collections.abc import Iterator
from typing import Any

import possessions
import pytest
from sqlalchemy import inspect, text
from workspaces import WorkspaceUnderTest, services

from tuneyard.kit import migrations


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
        seen = [
            sorted(str([(key, row[key]) for key in sorted(both)]) for row in rows[name]) for rows in (before, after)
        ]
        assert seen[0] == seen[1], name
