"""The api on a real Postgres and Valkey. Every test has a workspace of its own, so nothing is ever cleaned away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import workspaces
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from starlette.datastructures import State
from workspaces import MakeWorkspace, WorkspaceUnderTest

from tuneyard.auth import passwords
from tuneyard.jobs.watching import JobWatch
from tuneyard.kit import migrations
from tuneyard.kit.config import Settings
from tuneyard.kit.services import Services


@pytest.fixture(scope="session")
def database_url(postgres_url: str) -> str:
    """A database with today's tables."""
    migrations.upgrade(postgres_url)
    return postgres_url


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Passwords of tests guard nothing; a real hash takes a hundred times as long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture
def settings(tmp_path: Path, database_url: str, redis_url: str) -> Settings:
    """Settings of an installation with an empty data directory; nobody listens at its serving_url."""
    return Settings.model_validate(
        {
            "data_dir": tmp_path / "data",
            "database_url": database_url,
            "redis_url": redis_url,
            "secret": "a pepper of at least thirty-two characters",
            "service_token": "a token of at least thirty-two characters",
            "serving_url": "http://127.0.0.1:9",
            "public_url": None,
            "secure_cookies": False,
            "threads": 1,
        }
    )


@pytest.fixture(scope="session")
def routes_of_app() -> FastAPI:
    """The api without its services: what takes long to make, and is the same for every test."""
    # Imported here, so that a domain which can't be imported fails the tests that need it only.
    from tuneyard.app import create_app

    given = {"database_url": "postgresql:///", "redis_url": "redis://127.0.0.1:9", "secret": "placeholder " * 3}
    return create_app(Settings.model_validate(given))


@pytest.fixture
def app(routes_of_app: FastAPI, settings: Settings) -> Iterator[FastAPI]:
    """The whole api. Override `settings` to change something."""
    services = Services.from_settings(settings)
    watch = JobWatch(settings.required("database_url"))
    routes_of_app.state = State({"services": services, "job_watch": watch})
    yield routes_of_app
    services.database.close()
    watch.database.close()


@pytest.fixture
def make_workspace(app: FastAPI) -> MakeWorkspace:
    """Make a workspace with a key and a client of its own."""
    return lambda: workspaces.make_workspace(app)


@pytest.fixture
def workspace(make_workspace: MakeWorkspace) -> WorkspaceUnderTest:
    """The workspace of this test."""
    return make_workspace()


@pytest.fixture
def client(workspace: WorkspaceUnderTest) -> TestClient:
    """A client with a key that may do everything in the workspace of this test."""
    return workspace.client


@pytest.fixture
def empty_database(app: FastAPI) -> None:
    """No user and no workspace, nor anything that belongs to one. For tests of the very first start only."""
    with workspaces.services(app).database.engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        connection.execute(text("TRUNCATE workspaces, users CASCADE"))


@pytest.fixture
def anonymous(app: FastAPI) -> TestClient:
    """A client without credentials."""
    return TestClient(app)
