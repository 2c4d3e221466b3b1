"""Which encoder is asked for embeddings, and the shapes they come in."""

import base64
import struct
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from model_versions import publish
from serving_double import ServingDouble, report, running_double
from trainable import COLUMNS, make_dataset
from workspaces import WorkspaceUnderTest

from tuneyard.base_models.catalogue import DEFAULT
from tuneyard.base_models.writers import DEFAULT_WRITER
from tuneyard.kit.config import Settings

VECTOR = (0.6, 0.0, 0.8)


@pytest.fixture
def serving(settings: Settings) -> Iterator[ServingDouble]:
    with running_double(settings.required("service_token")) as double:
        settings.serving_url = double.url
        yield double


@pytest.fixture
def client(serving: ServingDouble, workspace: WorkspaceUnderTest) -> Iterator[TestClient]:
    make_dataset(workspace, COLUMNS)
    with workspace.client as client:
        yield client


def ask(client: TestClient, **body: Any) -> Any:
    return client.post("/v1/embeddings", json={"model": DEFAULT, "input": "a"} | body)


def test_a_deployment_goes_before_a_base_model(
    client: TestClient, serving: ServingDouble, workspace: WorkspaceUnderTest
) -> None:
    assert ask(client).status_code == 200
    version = publish(workspace)
    client.post("/api/v1/deployments", json={"name": "support", "model_version_id": version.id})
    report(client, serving.token, version.id)
    assert ask(client, model="support").json()["model"] == "support"
    assert [path for path, _ in serving.asked] == [DEFAULT, version.id]


def test_they_come_as_numbers_or_as_base64(client: TestClient) -> None:
    plain = ask(client, input=["a", "b"]).json()
    assert plain["data"][1] == {"object": "embedding", "index": 1, "embedding": pytest.approx(VECTOR)}
    assert plain["usage"] == {"prompt_tokens": 6, "total_tokens": 6}
    packed = ask(client, encoding_format="base64").json()["data"][0]["embedding"]
    assert struct.unpack("<3f", base64.b64decode(packed)) == pytest.approx(VECTOR)
    assert ask(client, dimensions=1).json()["data"][0]["embedding"] == [1.0]


def test_inputs_are_texts_or_token_ids(client: TestClient, serving: ServingDouble) -> None:
    for given, listed in (("a", ["a"]), (["a", "b"], ["a", "b"]), ([1, 2], [[1, 2]]), ([[1], [2, 3]], [[1], [2, 3]])):
        assert ask(client, input=given).status_code == 200
        assert serving.asked[-1][1] == {"inputs": listed}


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"input": ""}, "input"),
    ({"input": []}, "input"),
    ({"input": [[]]}, "input"),
    ({"input": ["a", 1]}, "input"),
    ({"input": ["a"] * 2049}, "input"),
    ({"encoding_format": "hex"}, "encoding_format"),
    ({"dimensions": 4}, "dimensions"),
    ({"dimensions": 0}, "dimensions"),
    ({"colour": "red"}, "colour"),
    ({"model": DEFAULT_WRITER}, "model"),
    ({"model": "bert-base-uncased"}, "model"),
]


def test_what_cannot_be_embedded_is_a_400_that_names_it(client: TestClient) -> None:
    for body, param in REFUSALS:
        answer = ask(client, **body)
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, param), answer.text


def test_what_serving_refuses_is_told(client: TestClient, serving: ServingDouble) -> None:
    assert ask(client, model="nothing").json()["error"]["code"] == "model_not_found"
    serving.refuse(422, "'input.0' has more than the 512 tokens that the model reads.")
    answer = ask(client)
    assert (answer.status_code, "512 tokens" in answer.json()["error"]["message"]) == (400, True)
    serving.refuse(429, Retry_After="7")
    assert (ask(client).status_code, ask(client).headers["retry-after"]) == (429, "7")
