"""Models that write, in the registry: what can be had of them, and what not yet."""

import io
import zipfile

import pytest
from model_versions import publish
from workspaces import WorkspaceUnderTest
from written_versions import publish_writer


def test_a_version_and_its_evaluation_are_shown(workspace: WorkspaceUnderTest) -> None:
    version = publish_writer(workspace)
    shown = workspace.client.get(version.url).json()
    assert (shown["task"], shown["labels"], shown["hyperparameters"]["tuning"]) == ("text_generation", [], "lora")
    assert (shown["chosen"]["validation_loss"], shown["chosen"]["validation_accuracy"]) == (1.5, None)
    found = workspace.client.get(f"{version.url}/evaluation").json()
    assert (found["task"], found["verdict"]["level"]) == ("text_generation", "better")
    assert [each["kind"] for each in found["baselines"]] == ["base", "retrieval"]


def test_how_it_answers_is_told_in_the_words_of_a_request(workspace: WorkspaceUnderTest) -> None:
    shown = workspace.client.get(publish_writer(workspace).url).json()["decoding"]
    assert shown == {"temperature": 0, "frequency_penalty": 0.3, "logit_bias": {"2": -1, "7": -1}}
    assert workspace.client.get(publish(workspace).url).json()["decoding"] is None


def test_an_older_card_is_there_in_english_only(workspace: WorkspaceUnderTest) -> None:
    answer = workspace.client.get(f"{publish_writer(workspace).url}/card", params={"language": "zh-CN"})
    assert (answer.headers["content-language"], answer.text) == ("en", "# answers\n")


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("transformers", {"config.json", "model.safetensors", "README.md"}),
        ("gguf", {"model-q8_0.gguf", "README.md"}),
        ("adapter", {"adapter_config.json", "adapter_model.safetensors", "README.md"}),
    ],
)
def test_it_comes_whole_or_as_adapters(workspace: WorkspaceUnderTest, wanted: str, names: set[str]) -> None:
    version = publish_writer(workspace)
    answer = workspace.client.get(f"{version.url}/download", params={"format": wanted})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert set(archive.namelist()) == names


def test_a_format_that_was_not_made_is_refused(workspace: WorkspaceUnderTest) -> None:
    for version, wanted in ((publish_writer(workspace), "onnx"), (publish(workspace), "adapter")):
        answer = workspace.client.get(f"{version.url}/download", params={"format": wanted})
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "format_not_made")


def test_there_are_no_classes_to_look_into_or_to_compare(workspace: WorkspaceUnderTest) -> None:
    version, other = publish_writer(workspace), publish(workspace)
    for path in ("rows", f"comparisons/{other.id}", f"comparisons/{other.id}/rows"):
        answer = workspace.client.get(f"{version.url}/evaluation/{path}")
        assert answer.status_code == 404, path
        assert "has no classes" in answer.json()["error"]["message"]


def test_it_is_deployed_once_it_is_checked(workspace: WorkspaceUnderTest) -> None:
    version = publish_writer(workspace)
    answer = workspace.client.post("/api/v1/deployments", json={"name": "faq", "model_version_id": version.id})
    assert (answer.status_code, answer.json()["status"]) == (201, "starting")
    asked = workspace.client.post("/v1/completions", json={"model": "faq", "prompt": "Hello"})
    assert (asked.status_code, asked.json()["error"]["code"]) == (503, "deployment_starting")


def test_a_model_is_of_one_task_whatever_its_name(workspace: WorkspaceUnderTest) -> None:
    classifier, writer = publish(workspace, "tickets"), publish_writer(workspace, "tickets")
    again = publish_writer(workspace, "tickets")
    models = {each["id"]: each for each in workspace.client.get("/api/v1/models").json()["data"]}
    assert models[classifier.model_id]["name"] == "tickets"
    assert models[writer.model_id]["name"] == "tickets (text generation)"
    assert models[writer.model_id]["task"] == "text_generation"
    assert (again.model_id, again.number) == (writer.model_id, 2)
