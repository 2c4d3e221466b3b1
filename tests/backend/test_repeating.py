"""`Idempotency-Key`: every creating POST can be repeated, is carried out once, and is answered as the first time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import possessions
import pytest
from fastapi import FastAPI
from routes import Route, api_routes, call
from sqlalchemy import text
from test_tenancy import snapshot
from trainable import COLUMNS, make_trainable
from workspaces import MakeWorkspace, WorkspaceUnderTest, services

from tuneyard.auth import repeating
from tuneyard.kit.ids import new_id

HEADER = "Idempotency-Key"
# A POST that is on neither list is refused by the first test.
CREATING = {
    "/api/v1/api-keys",
    "/api/v1/datasets",
    "/api/v1/datasets/{dataset_id}/versions",
    "/api/v1/datasets/{dataset_id}/versions/{number}/repairs",
    "/api/v1/deployments",
    "/api/v1/deployments/{name}/batches",
    "/api/v1/deployments/{name}/rollback",
    "/api/v1/jobs",
    "/api/v1/jobs/{job_id}/retry",
    "/api/v1/webhooks",
    "/api/v1/webhooks/{webhook_id}/secret",
    "/api/v1/webhooks/{webhook_id}/test",
    "/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/resend",
}
# Repeated in tests of their own: a file has to be read before anything can be taught from it.
CREATING_FOR_OPENAI = {"/v1/files", "/v1/fine_tuning/jobs"}
# The first account is made once; to sign in, to predict and to stop something twice does no harm; a judge goes on.
OTHERS = {
    "/api/v1/setup",
    "/api/v1/session",
    "/api/v1/password",
    "/api/v1/activity/seen",
    "/api/v1/jobs/estimate",
    "/api/v1/jobs/preview",
    "/api/v1/jobs/{job_id}/cancel",
    "/api/v1/jobs/{job_id}/pause",
    "/api/v1/jobs/{job_id}/resume",
    "/api/v1/models/{model_id}/versions/{number}/judgements",
    "/api/v1/deployments/{name}/predict",
    "/hf/{name}",
    "/hf/{name}/v1/chat/completions",
    "/v1/chat/completions",
    "/v1/completions",
    "/v1/embeddings",
    "/v1/fine_tuning/jobs/{fine_tuning_job_id}/cancel",
    "/v1/fine_tuning/jobs/{fine_tuning_job_id}/pause",
    "/v1/fine_tuning/jobs/{fine_tuning_job_id}/resume",
}
UPLOAD = b"body,category\nhello,greeting\n"


def keyed(workspace: WorkspaceUnderTest, key: str | None = None) -> dict[str, str]:
    return {HEADER: key or str(uuid4()), "authorization": f"Bearer {workspace.key}"}


def upload(workspace: WorkspaceUnderTest, headers: dict[str, str], content: bytes = UPLOAD, name: str = "t.csv"):
    return workspace.client.post("/api/v1/datasets", files={"file": (name, content)}, headers=headers)


def test_every_post_that_creates_can_be_repeated(app: FastAPI) -> None:
    document = app.openapi()
    posts = {route.path for route in api_routes(app) if route.method == "POST"}
    named = {
        path
        for path in posts
        if any(field["name"] == HEADER for field in document["paths"][path]["post"].get("parameters", []))
    }
    assert posts == CREATING | CREATING_FOR_OPENAI | OTHERS, "put a new POST on one of the lists"
    assert named == CREATING | CREATING_FOR_OPENAI
    for path in named:
        assert "409" in document["paths"][path]["post"]["responses"], path


@pytest.mark.parametrize("path", sorted(CREATING))
def test_repeated_it_is_answered_as_the_first_time_and_creates_nothing(
    app: FastAPI, workspace: WorkspaceUnderTest, path: str
) -> None:
    things = possessions.fill(workspace)
    make_trainable(workspace, things["dataset_version_id"], COLUMNS)
    route, headers = Route("POST", path), keyed(workspace)
    if path.endswith(("/retry", "/rollback")):
        prepare_for_another_go(workspace, things.ids)
    workspace.client.headers.update(headers)
    first = call(workspace.client, route, things.ids, app.openapi())
    assert first.is_success, first.text
    before = snapshot(workspace)
    again = call(workspace.client, route, things.ids, app.openapi())
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert snapshot(workspace) == before


def prepare_for_another_go(workspace: WorkspaceUnderTest, ids: dict[str, str]) -> None:
    """A job that can be tried again, and a deployment with an earlier revision that has passed its check."""
    revision = {"id": new_id("rev"), "route": new_id("rt")}
    with services(workspace.app).database.workspace(workspace.id) as session:
        session.execute(text("UPDATE jobs SET status = 'failed' WHERE id = :id"), {"id": ids["job_id"]})
        session.execute(text("UPDATE deployments SET revision = 2, newest_revision = 2"))
        session.execute(
            text(
                "INSERT INTO deployment_revisions (id, workspace_id, deployment_id, number)"
                " SELECT :id, workspace_id, deployment_id, 2 FROM deployment_revisions"
            ),
            revision,
        )
        session.execute(
            text(
                "INSERT INTO deployment_routes (id, workspace_id, revision_id, model_version_id, weight)"
                " SELECT :route, workspace_id, :id, model_version_id, 1 FROM deployment_routes"
            ),
            revision,
        )


def test_another_body_under_the_same_key_is_refused(workspace: WorkspaceUnderTest) -> None:
    headers = keyed(workspace)
    body = {"name": "website", "scopes": ["read"]}
    assert workspace.client.post("/api/v1/api-keys", json=body, headers=headers).status_code == 201
    other = workspace.client.post("/api/v1/api-keys", json=body | {"name": "other"}, headers=headers)
    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_reused")
    assert other.json()["error"]["param"] == HEADER
    assert upload(workspace, headers).status_code == 202
    for content, name in [(UPLOAD + b"bye,farewell\n", "t.csv"), (UPLOAD, "u.csv")]:
        other = upload(workspace, headers, content, name)
        assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_reused")
    assert len(workspace.client.get("/api/v1/datasets").json()["data"]) == 1


def test_a_repeated_upload_leaves_one_file_and_fits_a_full_workspace(workspace: WorkspaceUnderTest) -> None:
    headers = keyed(workspace)
    first = upload(workspace, headers)
    settings = services(workspace.app).settings
    settings.workspace_max_bytes = len(UPLOAD)
    assert upload(workspace, headers).json() == first.json()
    assert upload(workspace, keyed(workspace)).status_code == 413
    folder = services(workspace.app).store.path(f"uploads/{workspace.id}")
    assert len(list(folder.iterdir())) == 1


def test_many_at_once_create_one(workspace: WorkspaceUnderTest) -> None:
    headers, barrier = keyed(workspace), threading.Barrier(6)

    def create(_: int) -> tuple[int, str]:
        barrier.wait()
        answer = workspace.client.post("/api/v1/api-keys", json={"name": "website"}, headers=headers)
        if answer.status_code == 409:
            assert int(answer.headers["retry-after"]) > 0
            assert answer.json()["error"]["code"] == "request_in_flight"
            return 409, ""
        return answer.status_code, answer.json()["key"]

    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(create, range(6)))
    assert {status for status, _ in answers} <= {201, 409}
    assert len({key for status, key in answers if status == 201}) == 1
    keys = workspace.client.get("/api/v1/api-keys").json()["data"]
    assert [key["name"] for key in keys].count("website") == 1


def test_what_was_refused_leaves_its_key_free(workspace: WorkspaceUnderTest) -> None:
    headers = keyed(workspace)
    assert workspace.client.post("/api/v1/api-keys", json={"name": ""}, headers=headers).status_code == 422
    body = {"name": "website", "expires_at": "2001-01-01T00:00:00Z"}
    assert workspace.client.post("/api/v1/api-keys", json=body, headers=headers).status_code == 422
    assert upload(workspace, headers, b"").status_code == 422
    assert workspace.client.post("/api/v1/api-keys", json={"name": "website"}, headers=headers).status_code == 201
    assert upload(workspace, headers).status_code == 202


def test_the_secret_of_a_key_is_shown_again_and_written_nowhere(workspace: WorkspaceUnderTest) -> None:
    headers = keyed(workspace)
    made = workspace.client.post("/api/v1/api-keys", json={"name": "website"}, headers=headers).json()["key"]
    bearer = {"authorization": f"Bearer {made}"}
    assert workspace.client.get("/api/v1/datasets", headers=bearer).status_code == 200
    with services(workspace.app).database.workspace(workspace.id) as session:
        rows = session.execute(text("SELECT * FROM idempotent_requests")).all()
    assert len(rows) == 1
    assert made.rsplit("_", 1)[1] not in str(rows)
    assert headers[HEADER] not in str(rows)
    other = workspace.client.post("/api/v1/api-keys", json={"name": "website"}, headers=keyed(workspace)).json()["key"]
    assert other.rsplit("_", 1)[1] != made.rsplit("_", 1)[1]


def test_keys_of_workspaces_and_routes_are_apart(workspace: WorkspaceUnderTest, make_workspace: MakeWorkspace) -> None:
    other, key = make_workspace(), str(uuid4())
    answers = [upload(one, keyed(one, key)) for one in (workspace, other)]
    assert len({answer.json()["id"] for answer in answers}) == 2
    made = workspace.client.post("/api/v1/api-keys", json={"name": "n"}, headers=keyed(workspace, key))
    assert made.status_code == 201


def test_who_died_at_work_is_replaced_and_writes_nothing(workspace: WorkspaceUnderTest) -> None:
    headers = keyed(workspace)
    assert upload(workspace, headers).status_code == 202
    database = services(workspace.app).database
    with database.workspace(workspace.id) as session:
        session.execute(text("UPDATE idempotent_requests SET status_code = NULL, answer = NULL"))
    assert upload(workspace, headers).status_code == 409
    with database.workspace(workspace.id) as session:
        session.execute(text("UPDATE idempotent_requests SET created_at = created_at - interval '61 s'"))
    assert upload(workspace, headers).status_code == 202
    assert len(workspace.client.get("/api/v1/datasets").json()["data"]) == 2


def test_after_a_day_a_key_is_forgotten(workspace: WorkspaceUnderTest) -> None:
    headers = keyed(workspace)
    first = upload(workspace, headers).json()
    own = services(workspace.app)
    with own.database.workspace(workspace.id) as session:
        session.execute(text("UPDATE idempotent_requests SET created_at = created_at - interval '24 h 1 s'"))
    assert upload(workspace, headers).json()["id"] != first["id"]
    with own.database.workspace(workspace.id) as session:
        session.execute(text("UPDATE idempotent_requests SET created_at = created_at - interval '24 h 1 s'"))
    repeating.forget_old(own)
    assert snapshot(workspace)["idempotent_requests"] == 0
