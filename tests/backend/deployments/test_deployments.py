"""Deployments: the parity gate, revisions, roll-back, what serving is told."""

from typing import Any

import pytest
from model_versions import PublishedVersion, publish
from serving_double import ServingDouble, report
from workspaces import MakeWorkspace, WorkspaceUnderTest

from tuneyard.auth.models import Scope

DEPLOYMENTS = "/api/v1/deployments"


def deploy(workspace: WorkspaceUnderTest, version: PublishedVersion, name: str = "support") -> dict[str, Any]:
    answer = workspace.client.post(DEPLOYMENTS, json={"name": name, "model_version_id": version.id})
    assert answer.status_code == 201, answer.text
    return answer.json()


def show(workspace: WorkspaceUnderTest, name: str = "support") -> dict[str, Any]:
    return workspace.client.get(f"{DEPLOYMENTS}/{name}").json()


def route_to(workspace: WorkspaceUnderTest, *versions: PublishedVersion, name: str = "support") -> dict[str, Any]:
    routes = [{"model_version_id": version.id, "weight": 1} for version in versions]
    answer = workspace.client.patch(f"{DEPLOYMENTS}/{name}", json={"routes": routes})
    assert answer.status_code == 200, answer.text
    return answer.json()


def history(workspace: WorkspaceUnderTest, name: str = "support") -> dict[int, str]:
    found = workspace.client.get(f"{DEPLOYMENTS}/{name}/history").json()["data"]
    return {revision["number"]: revision["state"] for revision in found}


def assignments(workspace: WorkspaceUnderTest, serving: ServingDouble) -> dict[str, dict[str, Any]]:
    """Those of this test; other tests have theirs in the same database."""
    answer = workspace.client.get("/internal/serving/assignments", headers={"authorization": f"Bearer {serving.token}"})
    return {
        item["model_version_id"]: item for item in answer.json()["versions"] if f"/{workspace.id}/" in item["artifact"]
    }


def test_new_deployment_starts_and_serving_is_told(workspace: WorkspaceUnderTest, serving: ServingDouble) -> None:
    version = publish(workspace)
    made = deploy(workspace, version)
    assert (made["name"], made["status"], made["revision"], made["error"]) == ("support", "starting", None, None)
    assert made["routes"] == [
        {
            "model_version_id": version.id,
            "weight": 1.0,
            "model_id": version.model_id,
            "model_name": "tickets",
            "number": 1,
        }
    ]
    assert made["urls"] == {
        "predict": "http://testserver/api/v1/deployments/support/predict",
        "huggingface": "http://testserver/hf/support",
        "openai": "http://testserver/v1",
        "page": "http://testserver/deployments/support",
    }
    assert serving.syncs == 1
    held = assignments(workspace, serving)[version.id]
    assert held["verified"] is False
    assert version.path.as_posix().endswith(held["artifact"])


def test_takes_traffic_once_its_version_has_passed(workspace: WorkspaceUnderTest, serving: ServingDouble) -> None:
    version = publish(workspace)
    deploy(workspace, version)
    report(workspace.client, serving.token, version.id)
    assert (show(workspace)["status"], show(workspace)["revision"]) == ("ready", 1)
    assert assignments(workspace, serving)[version.id]["verified"] is True
    # Serving may say so again after a restart.
    report(workspace.client, serving.token, version.id)
    assert show(workspace)["status"] == "ready"


def test_failed_check_fails_the_first_revision(workspace: WorkspaceUnderTest, serving: ServingDouble) -> None:
    version = publish(workspace)
    deploy(workspace, version)
    report(workspace.client, serving.token, version.id, "failed", "Other answers. Train it again.")
    shown = show(workspace)
    assert (shown["status"], shown["revision"]) == ("failed", None)
    assert shown["error"] == {
        "code": "check_failed",
        "message": "Other answers. Train it again.",
        "details": {"rows": 6, "wrong": 4, "difference": "0.000"},
    }
    assert history(workspace) == {1: "failed"}
    # Its files were restored, serving has looked again.
    report(workspace.client, serving.token, version.id)
    assert (show(workspace)["status"], show(workspace)["error"]) == ("ready", None)


def test_a_version_that_does_not_load_says_so_apart_from_its_language(
    workspace: WorkspaceUnderTest, serving: ServingDouble
) -> None:
    version = publish(workspace)
    deploy(workspace, version)
    report(workspace.client, serving.token, version.id, "failed", "Its files are damaged.", loaded=False)
    assert show(workspace)["error"] == {
        "code": "not_loaded",
        "message": "Its files are damaged.",
        "details": {"cause": "Its files are damaged."},
    }


def test_traffic_stays_until_every_new_version_has_passed(
    workspace: WorkspaceUnderTest, serving: ServingDouble
) -> None:
    old, new, other = publish(workspace), publish(workspace), publish(workspace, "other")
    deploy(workspace, old)
    report(workspace.client, serving.token, old.id)
    changed = route_to(workspace, new, other)
    assert (changed["status"], changed["revision"], changed["newest_revision"]) == ("ready", 1, 2)
    assert [route["model_version_id"] for route in changed["routes"]] == [old.id]
    assert set(assignments(workspace, serving)) == {old.id, new.id, other.id}
    report(workspace.client, serving.token, new.id)
    assert show(workspace)["revision"] == 1
    assert history(workspace) == {2: "checking", 1: "serving"}
    report(workspace.client, serving.token, other.id)
    shown = show(workspace)
    assert (shown["status"], shown["revision"]) == ("ready", 2)
    assert [route["model_version_id"] for route in shown["routes"]] == [new.id, other.id]
    assert set(assignments(workspace, serving)) == {new.id, other.id}
    assert history(workspace) == {2: "serving", 1: "passed"}


def test_failed_new_version_leaves_the_old_one_serving(workspace: WorkspaceUnderTest, serving: ServingDouble) -> None:
    old, new = publish(workspace), publish(workspace)
    deploy(workspace, old)
    report(workspace.client, serving.token, old.id)
    route_to(workspace, new)
    report(workspace.client, serving.token, new.id, "failed", "Other answers.")
    shown = show(workspace)
    assert (shown["status"], shown["revision"], shown["error"]["message"]) == ("ready", 1, "Other answers.")
    back = workspace.client.post(f"{DEPLOYMENTS}/support/rollback").json()
    assert (back["revision"], back["newest_revision"], back["error"]) == (1, 1, None)
    assert set(assignments(workspace, serving)) == {old.id}
    # A version that failed is looked at again when it is asked for again.
    assert route_to(workspace, new)["newest_revision"] == 3
    assert history(workspace) == {3: "checking", 2: "checking", 1: "serving"}


def test_passed_version_takes_traffic_at_once(workspace: WorkspaceUnderTest, serving: ServingDouble) -> None:
    version = publish(workspace)
    deploy(workspace, version)
    report(workspace.client, serving.token, version.id)
    assert (deploy(workspace, version, "second")["status"], serving.syncs) == ("ready", 2)


def test_roll_back_and_forth(workspace: WorkspaceUnderTest, serving: ServingDouble) -> None:
    versions = [publish(workspace) for _ in range(3)]
    deploy(workspace, versions[0])
    for version in versions[1:]:
        route_to(workspace, version)
    for version in versions:
        report(workspace.client, serving.token, version.id)
    url = f"{DEPLOYMENTS}/support/rollback"
    assert show(workspace)["revision"] == 3
    # Revision 2 was replaced before its check came in, but its version has passed since.
    assert [workspace.client.post(url).json()["revision"] for _ in range(2)] == [2, 1]
    refused = workspace.client.post(url)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "nothing_to_roll_back_to")
    # What serving says again after a restart must not undo the decision.
    report(workspace.client, serving.token, versions[2].id)
    assert show(workspace)["revision"] == 1
    forth = workspace.client.post(url, json={"revision": 3}).json()
    assert (forth["revision"], forth["routes"][0]["model_version_id"]) == (3, versions[2].id)


def test_roll_back_only_to_what_has_passed(workspace: WorkspaceUnderTest, serving: ServingDouble) -> None:
    old, new, newest = publish(workspace), publish(workspace), publish(workspace)
    deploy(workspace, old)
    report(workspace.client, serving.token, old.id)
    route_to(workspace, new)
    route_to(workspace, newest)
    report(workspace.client, serving.token, newest.id)
    url = f"{DEPLOYMENTS}/support/rollback"
    refused = workspace.client.post(url, json={"revision": 2})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "revision_not_checked")
    assert show(workspace)["revision"] == 3
    assert workspace.client.post(url, json={"revision": 9}).status_code == 404
    assert workspace.client.post(url).json()["revision"] == 1


@pytest.mark.parametrize("name", ["", "Support", "a b", "-a", "a-", "ü", "a" * 64, "a/b", "a_b"])
def test_bad_names_are_refused_with_the_rule(workspace: WorkspaceUnderTest, name: str) -> None:
    refused = workspace.client.post(DEPLOYMENTS, json={"name": name, "model_version_id": "mv_0"})
    error = refused.json()["error"]
    assert (refused.status_code, error["param"]) == (422, "name")
    assert "1 to 63 lower-case letters, digits and dashes" in error["message"]


def test_name_is_taken_once_per_workspace(
    workspace: WorkspaceUnderTest, make_workspace: MakeWorkspace, serving: ServingDouble
) -> None:
    version, stranger = publish(workspace), make_workspace()
    deploy(workspace, version)
    taken = workspace.client.post(DEPLOYMENTS, json={"name": "support", "model_version_id": version.id})
    assert (taken.status_code, taken.json()["error"]["code"], taken.json()["error"]["param"]) == (
        409,
        "name_taken",
        "name",
    )
    assert deploy(stranger, publish(stranger))["status"] == "starting"
    assert serving.syncs == 2


def test_routes_must_name_versions_of_this_workspace(
    workspace: WorkspaceUnderTest, make_workspace: MakeWorkspace
) -> None:
    version, foreign = publish(workspace), publish(make_workspace())
    for unknown in ("mv_0", foreign.id):
        missing = workspace.client.post(DEPLOYMENTS, json={"name": "support", "model_version_id": unknown})
        assert (missing.status_code, missing.json()["error"]["param"]) == (404, "model_version_id")
    deploy(workspace, version)

    def refused(*routes: dict[str, Any]) -> tuple[int, str | None]:
        answer = workspace.client.patch(f"{DEPLOYMENTS}/support", json={"routes": routes})
        return answer.status_code, answer.json()["error"]["param"]

    own = {"model_version_id": version.id}
    assert refused(own, {"model_version_id": foreign.id}) == (404, "routes.1.model_version_id")
    assert refused(own, own) == (422, "routes.1.model_version_id")
    assert refused({**own, "weight": 0}) == (422, "routes.0.weight")
    assert refused() == (422, "routes")
    assert show(workspace)["newest_revision"] == 1


def test_delete_frees_name_version_and_serving(workspace: WorkspaceUnderTest, serving: ServingDouble) -> None:
    version = publish(workspace)
    deploy(workspace, version)
    assert workspace.client.delete(f"{DEPLOYMENTS}/support").status_code == 204
    assert serving.syncs == 2
    assert assignments(workspace, serving) == {}
    assert workspace.client.get(f"{DEPLOYMENTS}/support").status_code == 404
    assert workspace.client.delete(f"/api/v1/models/{version.model_id}").status_code == 204


def test_list_in_pages(workspace: WorkspaceUnderTest) -> None:
    version = publish(workspace)
    for name in ("a", "b", "c"):
        deploy(workspace, version, name)
    first = workspace.client.get(DEPLOYMENTS, params={"limit": 2}).json()
    rest = workspace.client.get(DEPLOYMENTS, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [item["name"] for item in first["data"] + rest["data"]] == ["c", "b", "a"]
    assert first["data"][0]["routes"][0]["model_version_id"] == version.id


def test_another_workspace_sees_nothing(workspace: WorkspaceUnderTest, make_workspace: MakeWorkspace) -> None:
    version, stranger = publish(workspace), make_workspace()
    deploy(workspace, version)
    assert stranger.client.get(DEPLOYMENTS).json()["data"] == []
    url = f"{DEPLOYMENTS}/support"
    routes = {"routes": [{"model_version_id": version.id}]}
    assert stranger.client.get(url).status_code == 404
    assert stranger.client.get(f"{url}/history").status_code == 404
    assert stranger.client.patch(url, json=routes).status_code == 404
    assert stranger.client.post(f"{url}/rollback").status_code == 404
    assert stranger.client.delete(url).status_code == 404
    assert show(workspace)["status"] == "starting"


def test_scopes(workspace: WorkspaceUnderTest) -> None:
    deploy(workspace, publish(workspace))
    reader, predictor = workspace.client_with(Scope.READ), workspace.client_with(Scope.PREDICT)
    assert reader.get(f"{DEPLOYMENTS}/support").status_code == 200
    assert reader.delete(f"{DEPLOYMENTS}/support").status_code == 403
    assert reader.post(f"{DEPLOYMENTS}/support/rollback").status_code == 403
    assert predictor.get(DEPLOYMENTS).status_code == 403


def test_internal_routes_want_the_service_token(workspace: WorkspaceUnderTest) -> None:
    assert workspace.client.get("/internal/serving/assignments").status_code == 401
    body = {"model_version_id": "mv_0", "status": "ready"}
    assert workspace.client.post("/internal/serving/reports", json=body).status_code == 401


def test_report_about_an_unknown_version_is_404(workspace: WorkspaceUnderTest, serving: ServingDouble) -> None:
    answer = workspace.client.post(
        "/internal/serving/reports",
        json={"model_version_id": "mv_0", "status": "ready"},
        headers={"authorization": f"Bearer {serving.token}"},
    )
    assert answer.status_code == 404
