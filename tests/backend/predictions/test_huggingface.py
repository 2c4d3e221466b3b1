"""The Hugging Face facade, called with the real huggingface_hub."""

from typing import Any

import httpx
import pytest
from huggingface_hub import InferenceClient
from huggingface_hub.errors import HfHubHTTPError
from model_versions import publish
from serving_double import ServingDouble, report
from workspaces import WorkspaceUnderTest, make_key

from tuneyard.auth.models import Scope
from tuneyard.predictions import gateway
from tuneyard.predictions.endpoints import LARGEST_BODY

ASK = [{"role": "user", "content": "Where is my parcel?"}]


@pytest.fixture
def hf(address: str, workspace: WorkspaceUnderTest, serving: ServingDouble) -> InferenceClient:
    """A client of a deployment that answers."""
    version = publish(workspace)
    headers = {"authorization": f"Bearer {workspace.key}"}
    body = {"name": "support", "model_version_id": version.id}
    made = httpx.post(f"{address}/api/v1/deployments", json=body, headers=headers)
    assert made.status_code == 201, made.text
    report(workspace.client, serving.token, version.id)
    return InferenceClient(model=made.json()["urls"]["huggingface"], token=workspace.key)


def test_text_classification(hf: InferenceClient) -> None:
    found = hf.text_classification("Where is my parcel?")
    assert [(item.label, item.score) for item in found] == [("shipping", 0.8), ("billing", 0.1), ("refund", 0.1)]
    assert [item.label for item in hf.text_classification("parcel", top_k=1)] == ["shipping"]
    assert len(hf.text_classification("parcel", top_k=99, function_to_apply="softmax")) == 3


@pytest.mark.parametrize("function", ["sigmoid", "none"])
def test_functions_that_cannot_be_honoured_are_refused_by_name(hf: InferenceClient, function: str) -> None:
    with pytest.raises(HfHubHTTPError, match=f"function_to_apply '{function}' is not supported") as refused:
        hf.text_classification("parcel", function_to_apply=function)
    assert refused.value.response.status_code == 422


def test_errors_are_one_text(hf: InferenceClient, address: str, workspace: WorkspaceUnderTest) -> None:
    def post(name: str, body: object, key: str = workspace.key) -> httpx.Response:
        return httpx.post(f"{address}/hf/{name}", json=body, headers={"authorization": f"Bearer {key}"})

    answers = {
        404: post("nothing", {"inputs": "a"}),
        401: post("support", {"inputs": "a"}, key="ty_wrong"),
        422: post("support", {"inputs": 5}),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert list(answer.json()) == ["error"]
        assert isinstance(answer.json()["error"], str)
    assert answers[422].json()["error"] == "'inputs': Send a text, or a list of 1 to 1,000 texts."
    assert "'nothing'" in answers[404].json()["error"]
    other = post("support", {"inputs": "a", "parameters": {"aggregation_strategy": "simple"}})
    assert "aggregation_strategy" in other.json()["error"]


@pytest.mark.parametrize("path", ["/hf/support", "/hf/support/v1/chat/completions"])
@pytest.mark.parametrize("told", [True, False], ids=["length", "chunks"])
def test_too_large_a_body_is_refused_in_one_text_too(
    address: str, workspace: WorkspaceUnderTest, path: str, told: bool
) -> None:
    body = b" " * (LARGEST_BODY + 1)
    headers = {"authorization": f"Bearer {workspace.key}", "content-type": "application/json"}
    refused = httpx.post(address + path, content=body if told else iter([body]), headers=headers)
    assert refused.status_code == 413
    assert refused.json() == {"error": "The request is larger than this address takes. Send less at once."}
    assert refused.headers["x-request-id"]


def test_errors_of_a_chat_are_one_text_too(
    hf: InferenceClient,
    address: str,
    workspace: WorkspaceUnderTest,
    serving: ServingDouble,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(status: int, name: str = "support", key: str = workspace.key, **wishes: Any) -> str:
        client = InferenceClient(model=f"{address}/hf/{name}", token=key)
        with pytest.raises(HfHubHTTPError) as error:
            client.chat_completion(ASK, **wishes)
        assert error.value.response.status_code == status
        text = error.value.response.json()
        assert text == {"error": error.value.server_message}
        return str(text["error"])

    assert hf.chat_completion(ASK).choices[0].message.content == "shipping"
    assert refused(400, temperature=9).startswith("'temperature' must be less")
    assert refused(400, extra_body={"colour": "red"}) == "The parameter 'colour' is not supported. Leave it out."
    assert refused(401, key="ty_wrong").startswith("This is not an API key")
    assert "'predict'" in refused(403, key=make_key(workspace.app, workspace.id, Scope.READ))
    assert "'nothing'" in refused(404, "nothing")
    serving.refuse(429, Retry_After="7")
    assert "Send this again in 7 s." in refused(429)
    monkeypatch.setattr(gateway, "predict", None)
    assert refused(500) == "Something went wrong on the server. The log has the cause."


def test_several_texts_are_answered_in_their_order(
    hf: InferenceClient, address: str, workspace: WorkspaceUnderTest
) -> None:
    headers = {"authorization": f"Bearer {workspace.key}"}
    body = {"inputs": ["money", "invoice"], "options": {"wait_for_model": True}}
    answer = httpx.post(f"{address}/hf/support", json=body, headers=headers).json()
    assert [labels[0]["label"] for labels in answer] == ["refund", "billing"]
    refused = httpx.post(f"{address}/hf/support", json={"inputs": []}, headers=headers)
    assert refused.status_code == 422


def test_busy_serving_tells_when_to_try_again(
    hf: InferenceClient, address: str, workspace: WorkspaceUnderTest, serving: ServingDouble
) -> None:
    serving.refuse(429, Retry_After="7")
    headers = {"authorization": f"Bearer {workspace.key}"}
    busy = httpx.post(f"{address}/hf/support", json={"inputs": "a"}, headers=headers)
    assert (busy.status_code, busy.headers["retry-after"]) == (429, "7")
    assert "Send this again in 7 s." in busy.json()["error"]
