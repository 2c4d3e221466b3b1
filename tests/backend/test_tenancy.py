"""Two workspaces: neither sees, changes or refers to what the other has, in the api and in the database itself."""

from collections.abc import Iterator

import model_versions
import possessions
import pytest
from fastapi import FastAPI
from possessions import Possessions
from routes import api_routes, call
from sqlalchemy import ForeignKeyConstraint, Table, func, select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError
from workspaces import MakeWorkspace, WorkspaceUnderTest, services

from tuneyard.datasets.models import Dataset, DatasetStatus
from tuneyard.kit import db
from tuneyard.kit.config import Settings
from tuneyard.kit.db import Base, Database
from tuneyard.kit.ids import new_id
from tuneyard.kit.migrations import target_metadata
from tuneyard.kit.tenancy import tenant_tables

# What is in the catalogue is the same for all.
SHARED_PARAMETERS = {"base_model_id"}
TABLES = sorted(target_metadata().tables)
TENANT_TABLES = tenant_tables()
TENANT_REFERENCES = [
    (table.name, constraint)
    for table in Base.metadata.sorted_tables
    for constraint in sorted(table.constraints, key=lambda constraint: str(constraint.name))
    if isinstance(constraint, ForeignKeyConstraint) and constraint.referred_table.name in TENANT_TABLES
]
INSUFFICIENT_PRIVILEGE = "42501"


@pytest.fixture
def mine(workspace: WorkspaceUnderTest) -> WorkspaceUnderTest:
    """A workspace with nothing but its key."""
    return workspace


@pytest.fixture
def theirs(make_workspace: MakeWorkspace) -> WorkspaceUnderTest:
    return make_workspace()


@pytest.fixture
def their_things(theirs: WorkspaceUnderTest) -> Possessions:
    return possessions.fill(theirs)


@pytest.fixture(params=["queries and policies", "queries alone"])
def locks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Either lock has to hold by itself: here without row-level security, in TestRows without our queries."""
    if request.param == "queries alone":
        monkeypatch.setattr(db, "APP_ROLE", db.SYSTEM_ROLE)


class TestApi:
    def test_nothing_of_another_workspace_is_found(
        self,
        app: FastAPI,
        mine: WorkspaceUnderTest,
        theirs: WorkspaceUnderTest,
        their_things: Possessions,
        locks: None,
    ) -> None:
        routes = [route for route in api_routes(app) if set(route.parameters) - SHARED_PARAMETERS]
        assert len(routes) > 25
        before = snapshot(theirs)
        answers = {route: call(mine.client, route, their_things.ids, app.openapi()) for route in routes}
        found = {str(route): answer.status_code for route, answer in answers.items() if answer.status_code != 404}
        assert found == {}
        assert snapshot(theirs) == before

    def test_the_same_requests_find_ones_own(
        self, app: FastAPI, theirs: WorkspaceUnderTest, their_things: Possessions
    ) -> None:
        """Or the test above would pass with ids that nobody has."""
        things = [route for route in api_routes(app) if route.method == "GET" and route.path.endswith("}")]
        own = [route for route in things if set(route.parameters) - SHARED_PARAMETERS]
        assert len(own) >= 7
        answers = {str(route): call(theirs.client, route, their_things.ids).status_code for route in own}
        assert set(answers.values()) == {200}, answers

    def test_lists_show_nothing_of_another_workspace(
        self,
        app: FastAPI,
        mine: WorkspaceUnderTest,
        theirs: WorkspaceUnderTest,
        their_things: Possessions,
        locks: None,
    ) -> None:
        lists = [route for route in api_routes(app) if route.method == "GET" and not route.parameters]
        secrets = {value for parameter, value in their_things.ids.items() if parameter not in ("number", "row")} | {
            theirs.id
        }
        for route in lists:
            answer = call(mine.client, route)
            assert answer.status_code in (200, 403, 422, 503), str(route)
            assert not [secret for secret in secrets if secret in answer.text], str(route)
        for path in ("datasets", "jobs", "models", "deployments"):
            assert mine.client.get(f"/api/v1/{path}").json() == {"data": [], "next_cursor": None}
            assert theirs.client.get(f"/api/v1/{path}").json()["data"]

    def test_bodies_cannot_name_what_another_workspace_has(
        self, app: FastAPI, mine: WorkspaceUnderTest, their_things: Possessions
    ) -> None:
        fine_tune = {"dataset_id": their_things["dataset_id"], "task": "text_classification"}
        fine_tune["columns"] = {"text": "body", "label": "category"}
        deployment = {"name": "stolen", "model_version_id": their_things["model_version_id"]}
        for path, body in {"jobs": fine_tune, "jobs/estimate": fine_tune, "deployments": deployment}.items():
            answer = mine.client.post(f"/api/v1/{path}", json=body)
            assert answer.status_code == 404, answer.text
        assert snapshot(mine) == dict.fromkeys(TENANT_TABLES, 0) | {"api_keys": 1}

    def test_a_name_may_be_the_same_in_two_workspaces(
        self, mine: WorkspaceUnderTest, theirs: WorkspaceUnderTest, their_things: Possessions
    ) -> None:
        possessions.fill(mine)
        for workspace in (mine, theirs):
            assert [row["name"] for row in workspace.client.get("/api/v1/datasets").json()["data"]] == ["tickets"]


class TestRows:
    def test_every_table_is_covered(self, theirs: WorkspaceUnderTest, their_things: Possessions) -> None:
        empty = [table for table, rows in snapshot(theirs).items() if not rows]
        assert empty == [], "give tests/backend/possessions.py a row of it"

    def test_another_workspaces_rows_are_not_seen(
        self, mine: WorkspaceUnderTest, theirs: WorkspaceUnderTest, their_things: Possessions
    ) -> None:
        with services(mine.app).database.workspace(mine.id) as session:
            for table in TENANT_TABLES:
                seen = session.scalars(select(tenant(table).c.workspace_id).distinct()).all()
                assert theirs.id not in seen, table
            assert session.scalars(text("SELECT id FROM workspaces")).all() == [mine.id]
            assert session.scalars(text("SELECT id FROM users")).all() == []

    @pytest.mark.parametrize("role", ["none", "tuneyard_app"])
    def test_without_a_workspace_no_row_is_seen(self, app: FastAPI, their_things: Possessions, role: str) -> None:
        with services(app).database.engine.connect() as connection:
            connection.execute(text(f"SET LOCAL ROLE {role}"))
            for table in [*TENANT_TABLES, "workspaces", "users"]:
                assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table

    @pytest.mark.parametrize("table", ["login_attempts", "worker_processes"])
    def test_tables_of_the_platform_are_closed_to_workspaces(self, mine: WorkspaceUnderTest, table: str) -> None:
        with (
            services(mine.app).database.workspace(mine.id) as session,
            pytest.raises(ProgrammingError, match="permission denied"),
        ):
            session.execute(text(f"SELECT count(*) FROM {table}"))

    def test_a_row_cannot_be_written_for_another_workspace(
        self, mine: WorkspaceUnderTest, theirs: WorkspaceUnderTest
    ) -> None:
        row = Dataset(id=new_id("ds"), workspace_id=theirs.id, name="planted", status=DatasetStatus.READY)
        with (
            pytest.raises(ProgrammingError, match="row-level security") as refused,
            services(mine.app).database.workspace(mine.id) as session,
        ):
            session.add(row)
        assert getattr(refused.value.orig, "sqlstate", None) == INSUFFICIENT_PRIVILEGE

    def test_no_row_can_be_moved_to_another_workspace(
        self, mine: WorkspaceUnderTest, theirs: WorkspaceUnderTest
    ) -> None:
        possessions.fill(mine)
        for table in TENANT_TABLES:
            move = update(tenant(table)).values(workspace_id=theirs.id)
            with (
                pytest.raises(ProgrammingError, match="row-level security"),
                services(mine.app).database.workspace(mine.id) as session,
            ):
                session.execute(move)

    def test_changing_everything_changes_ones_own(
        self, mine: WorkspaceUnderTest, theirs: WorkspaceUnderTest, their_things: Possessions
    ) -> None:
        with services(mine.app).database.workspace(mine.id) as session:
            session.execute(text("UPDATE datasets SET name = 'taken over'"))
            session.execute(text("DELETE FROM deployments"))
            session.execute(text("UPDATE workspaces SET name = name || ' taken over'"))
        with services(theirs.app).database.system() as session:
            names = text("SELECT name FROM datasets WHERE workspace_id = :id")
            assert session.scalars(names, {"id": theirs.id}).all() == ["tickets"]
        assert snapshot(theirs)["deployments"] == 1


class TestPool:
    @pytest.fixture
    def one_connection(self, settings: Settings) -> Iterator[Database]:
        """Every transaction has the same connection, so whatever stays on it would be seen by the next."""
        database = Database(settings.required("database_url"), pool_size=1)
        database.engine.pool._max_overflow = 0
        yield database
        database.close()

    def test_a_connection_forgets_whose_it_was(
        self,
        one_connection: Database,
        mine: WorkspaceUnderTest,
        theirs: WorkspaceUnderTest,
        their_things: Possessions,
    ) -> None:
        possessions.fill(mine)
        for _ in range(3):
            for workspace in (mine, theirs):
                assert workspaces_seen(one_connection, workspace.id) == [workspace.id]
                with pytest.raises(ZeroDivisionError), one_connection.workspace(workspace.id) as session:
                    session.execute(text("SELECT 1"))
                    _ = 1 / 0
                with one_connection.engine.connect() as connection:
                    assert connection.scalar(text("SELECT count(*) FROM datasets")) == 0
                    assert connection.scalar(text("SELECT current_user = session_user")) is True
                with one_connection.system() as session:
                    assert session.scalar(select(func.count()).select_from(Dataset)) >= 2
        assert workspaces_seen(one_connection, "") == []


class TestSchema:
    @pytest.mark.parametrize("table", TABLES)
    def test_row_level_security_binds_even_the_owner(self, app: FastAPI, table: str) -> None:
        query = text("SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = CAST(:t AS regclass)")
        with services(app).database.engine.connect() as connection:
            assert connection.scalar(query, {"t": table}) is True

    def test_the_roles_have_no_way_around_it(self, app: FastAPI) -> None:
        query = text("SELECT rolname FROM pg_roles WHERE rolname LIKE 'tuneyard%' AND (rolsuper OR rolbypassrls)")
        with services(app).database.engine.connect() as connection:
            assert connection.scalars(query).all() == []

    @pytest.mark.parametrize(
        ("table", "constraint"), TENANT_REFERENCES, ids=lambda value: getattr(value, "name", value)
    )
    def test_references_name_the_workspace_too(self, table: str, constraint: ForeignKeyConstraint) -> None:
        assert constraint.column_keys[0] == "workspace_id"
        assert [element.target_fullname.split(".")[1] for element in constraint.elements] == ["workspace_id", "id"]

    def test_no_reference_leaves_the_workspace(
        self, mine: WorkspaceUnderTest, theirs: WorkspaceUnderTest, their_things: Possessions
    ) -> None:
        """Not even the system role, which row-level security lets through, can make one."""
        possessions.fill(mine)
        # A job whose events and attempts have no number that ours have.
        targets = their_things.ids | {"job_id": model_versions.publish(theirs, "spare").job_id}
        with services(theirs.app).database.workspace(theirs.id) as session:
            session.execute(text("DELETE FROM job_events"))
        for table, constraint in TENANT_REFERENCES:
            column = constraint.column_keys[1]
            cross = (
                update(tenant(table)).where(tenant(table).c.workspace_id == mine.id).values({column: targets[column]})
            )
            with (
                pytest.raises(IntegrityError, match="foreign key"),
                services(mine.app).database.system() as session,
            ):
                session.execute(cross)


def tenant(name: str) -> Table:
    return Base.metadata.tables[name]


def snapshot(workspace: WorkspaceUnderTest) -> dict[str, int]:
    """How many rows a workspace has in each table."""
    with services(workspace.app).database.system() as session:
        counts = {
            table: select(func.count()).where(tenant(table).c.workspace_id == workspace.id) for table in TENANT_TABLES
        }
        return {table: session.scalars(count).one() for table, count in counts.items()}


def workspaces_seen(database: Database, workspace_id: str) -> list[str]:
    with database.workspace(workspace_id) as session:
        return list(session.scalars(select(Dataset.workspace_id)))
