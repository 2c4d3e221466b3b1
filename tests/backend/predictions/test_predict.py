"""Predictions through the api: inputs, routes, and what happens when serving does not answer."""

from collections import Counter
from typing import Any

import pytest
from fastapi.testclient import TestClient
from model_versions import Deploy, publish
from serving_double import ServingDouble, report
from workspaces import MakeWorkspace, WorkspaceUnderTest, make_key

from tuneyard.auth.models import Scope
from tuneyard.kit.config import Settings

URL = "/api/v1/deployments/support/predict"


def predict(client: TestClient, *inputs: Any, **more: Any) -> Any:
    return client.post(URL, json={"inputs": inputs, **more})


def error(answer: Any) -> dict[str, Any]:
    return answer.json()["error"]


def test_answers_come_in_the_order_of_the_inputs(client: TestClient, deploy: Deploy) -> None:
    version = deploy()
    answer = predict(client, "my money", "the invoice", "a parcel")
    assert answer.status_code == 200
    assert answer.json()["model_version_id"] == version.id
    assert [item["label"] for item in answer.json()["predictions"]] == ["refund", "billing", "shipping"]
    assert answer.json()["predictions"][0] == {
        "label": "refund",
        "score": 0.8,
        "scores": {"refund": 0.8, "billing": 0.1, "shipping": 0.1},
    }


def test_top_k_reaches_serving(client: TestClient, deploy: Deploy, serving: ServingDouble) -> None:
    deploy()
    assert predict(client, "parcel", top_k=1).json()["predictions"][0]["scores"] == {"shipping": 0.8}
    assert serving.asked[-1][1] == {"inputs": ["parcel"], "top_k": 1}


def test_rows_are_joined_as_in_training(client: TestClient, deploy: Deploy, serving: ServingDouble) -> None:
    deploy(columns=["subject", "body"])
    rows = [
        {"body": "I paid twice", "subject": "Invoice", "other": "ignored"},
        {"subject": "  ", "body": "Only a body"},
        "A text as it is",
    ]
    assert predict(client, *rows).status_code == 200
    assert serving.asked[-1][1]["inputs"] == ["Invoice\n\nI paid twice", "Only a body", "A text as it is"]


def test_missing_column_is_named_with_its_place(client: TestClient, deploy: Deploy) -> None:
    deploy(columns=["subject", "body"])
    refused = predict(client, "fine", {"subject": "Invoice"})
    assert (refused.status_code, error(refused)["code"], error(refused)["param"]) == (
        422,
        "missing_column",
        "inputs.1",
    )
    assert "'body'" in error(refused)["message"]
    assert "subject, body" in error(refused)["message"]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "inputs"),
        ({"inputs": []}, "inputs"),
        ({"inputs": "one text"}, "inputs"),
        ({"inputs": ["a"] * 1001}, "inputs"),
        ({"inputs": ["a", 5]}, "inputs.1"),
        ({"inputs": ["a", None]}, "inputs.1"),
        ({"inputs": [{"body": 5}]}, "inputs.0"),
        ({"inputs": ["x" * 100_001]}, "inputs.0"),
        ({"inputs": ["a"], "top_k": 0}, "top_k"),
        ({"inputs": ["a"], "topk": 1}, "topk"),
    ],
)
def test_bad_bodies_name_the_field(client: TestClient, deploy: Deploy, body: dict[str, Any], param: str) -> None:
    deploy()
    refused = client.post(URL, json=body)
    assert (refused.status_code, error(refused)["param"]) == (422, param)


def test_body_beyond_the_limit_is_refused(client: TestClient, deploy: Deploy) -> None:
    deploy()
    assert client.post(URL, content=b" " * (16 * 2**20 + 1)).status_code == 413


def test_traffic_is_shared_by_weight(
    client: TestClient, workspace: WorkspaceUnderTest, deploy: Deploy, serving: ServingDouble
) -> None:
    first, second = deploy(), publish(workspace)
    routes = [{"model_version_id": first.id, "weight": 1}, {"model_version_id": second.id, "weight": 9}]
    client.patch("/api/v1/deployments/support", json={"routes": routes})
    report(client, serving.token, second.id)
    seen = Counter(predict(client, "invoice").json()["model_version_id"] for _ in range(60))
    assert set(seen) <= {first.id, second.id}
    # With a chance of 0.9 each, fewer than 40 of 60 happens once in a million runs.
    assert seen[second.id] > 40


def test_rolled_back_deployment_answers_from_the_old_version_at_once(
    client: TestClient, workspace: WorkspaceUnderTest, deploy: Deploy, serving: ServingDouble
) -> None:
    old, new = deploy(), publish(workspace)
    client.patch("/api/v1/deployments/support", json={"routes": [{"model_version_id": new.id}]})
    assert predict(client, "invoice").json()["model_version_id"] == old.id
    report(client, serving.token, new.id)
    assert predict(client, "invoice").json()["model_version_id"] == new.id
    client.post("/api/v1/deployments/support/rollback")
    assert predict(client, "invoice").json()["model_version_id"] == old.id


def test_starting_and_failed_deployments_say_so(client: TestClient, deploy: Deploy, serving: ServingDouble) -> None:
    version = deploy(status=None)
    early = predict(client, "invoice")
    assert (early.status_code, error(early)["code"], early.headers["retry-after"]) == (503, "deployment_starting", "2")
    assert "is still starting" in error(early)["message"]
    report(client, serving.token, version.id, "failed", "Other answers than in its evaluation.")
    failed = predict(client, "invoice")
    assert (failed.status_code, error(failed)["code"]) == (409, "deployment_failed")
    assert "Other answers than in its evaluation." in error(failed)["message"]
    assert serving.asked == []


def test_what_serving_refuses_is_passed_on(client: TestClient, deploy: Deploy, serving: ServingDouble) -> None:
    deploy()
    serving.refuse(429, Retry_After="7")
    busy = predict(client, "invoice")
    assert (busy.status_code, error(busy)["code"], busy.headers["retry-after"]) == (429, "serving_busy", "7")
    assert error(busy)["type"] == "rate_limit_error"
    serving.refuse(404)
    loading = predict(client, "invoice")
    assert (loading.status_code, error(loading)["code"], loading.headers["retry-after"]) == (
        503,
        "version_loading",
        "1",
    )
    serving.refuse(503, "The version is still being checked.", Retry_After="2")
    checking = predict(client, "invoice")
    assert (checking.status_code, checking.headers["retry-after"]) == (503, "2")
    assert error(checking)["message"] == "The version is still being checked."
    serving.refuse(500)
    assert predict(client, "invoice").status_code == 503
    serving.refusal = None
    assert predict(client, "invoice").status_code == 200


def test_unreachable_serving_is_503(client: TestClient, deploy: Deploy, settings: Settings) -> None:
    deploy()
    settings.serving_url = "http://127.0.0.1:9"
    down = predict(client, "invoice")
    assert (down.status_code, error(down)["code"]) == (503, "serving_unreachable")
    assert down.headers["retry-after"] == "2"


def test_unknown_and_foreign_deployments_are_404(
    client: TestClient, deploy: Deploy, make_workspace: MakeWorkspace
) -> None:
    deploy()
    headers = {"authorization": f"Bearer {make_workspace().key}"}
    foreign = client.post(URL, json={"inputs": ["a"]}, headers=headers)
    assert (foreign.status_code, error(foreign)["code"]) == (404, "not_found")


def test_scopes(client: TestClient, deploy: Deploy, workspace: WorkspaceUnderTest) -> None:
    deploy()
    for scope, status in ((Scope.PREDICT, 200), (Scope.READ, 403)):
        headers = {"authorization": f"Bearer {make_key(workspace.app, workspace.id, scope)}"}
        assert client.post(URL, json={"inputs": ["a"]}, headers=headers).status_code == status
