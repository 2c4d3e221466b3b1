"""A deployment that answers, with a stand-in for the serving process behind it."""

from collections.abc import Iterator
from threading import Thread
from time import monotonic, sleep

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from model_versions import Deploy, PublishedVersion, publish
from serving_double import ServingDouble, report, running_double
from workspaces import WorkspaceUnderTest

from tuneyard.kit.config import Settings


@pytest.fixture
def serving(settings: Settings) -> Iterator[ServingDouble]:
    """The serving process at which the api of this test looks."""
    with running_double(settings.required("service_token")) as double:
        settings.serving_url = double.url
        yield double


@pytest.fixture
def client(serving: ServingDouble, workspace: WorkspaceUnderTest) -> Iterator[TestClient]:
    """One event loop for all requests of the test, as in a real process."""
    with workspace.client as client:
        yield client


@pytest.fixture
def address(app: FastAPI, serving: ServingDouble) -> Iterator[str]:
    """The api on a port of its own."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="on"))
    thread = Thread(target=server.run)
    thread.start()
    end = monotonic() + 30
    while not server.started and monotonic() < end:
        sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def deploy(client: TestClient, workspace: WorkspaceUnderTest, serving: ServingDouble) -> Deploy:
    """Publish a version and deploy it; `status` is what its check finds, None while it is still to come."""

    def deploy(
        name: str = "support", columns: list[str] | None = None, status: str | None = "ready"
    ) -> PublishedVersion:
        version = publish(workspace, columns=columns)
        answer = client.post("/api/v1/deployments", json={"name": name, "model_version_id": version.id})
        assert answer.status_code == 201, answer.text
        if status is not None:
            report(client, serving.token, version.id, status, "Other answers than in its evaluation.")
        return version

    return deploy
