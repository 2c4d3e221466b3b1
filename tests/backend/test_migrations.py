"""The schema: what migrations make is what the models say, and every step can be taken back with data in the tables."""

from collections.abc import Iterator

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


def test_shares_and_repeated_requests_go_down_and_up_with_data(
    database_url: str, workspace: WorkspaceUnderTest, back_at_head: None
) -> None:
    possessions.fill(workspace)
    database = services(workspace.app).database
    migrations.downgrade(database_url, "0003")
    assert not {"queue_shares", "idempotent_requests"} & set(inspect(database.engine).get_table_names())
    migrations.upgrade(database_url)
    assert migrations.differences(database_url) == []
    with database.workspace(workspace.id) as session:
        assert session.scalar(text("SELECT count(*) FROM job_attempts")) == 1
        assert session.scalar(text("SELECT count(*) FROM queue_shares")) == 0


def test_traffic_goes_down_and_up_with_data(
    database_url: str, workspace: WorkspaceUnderTest, back_at_head: None
) -> None:
    possessions.fill(workspace)
    database = services(workspace.app).database
    migrations.downgrade(database_url, "0001")
    assert "deployment_traffic" not in inspect(database.engine).get_table_names()
    with database.workspace(workspace.id) as session:
        assert session.scalar(text("SELECT count(*) FROM deployments")) == 1
    migrations.upgrade(database_url)
    assert migrations.differences(database_url) == []
    with database.workspace(workspace.id) as session:
        assert session.scalar(text("SELECT count(*) FROM deployment_traffic")) == 0
