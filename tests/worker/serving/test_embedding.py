"""Embeddings of the serving process: the mean of a text's token states, of length 1."""

import base64
import hashlib
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
import torch
from starlette.testclient import TestClient
from test_serving_app import until
from tokenizers import Tokenizer
from transformers import AutoModel

from tuneyard.base_models.entries import BaseModelEntry, LocalSource
from tuneyard.base_models.importing import MANIFEST, BaseModelManifest, key_of
from tuneyard.kit import clock
from tuneyard.specs.tasks import Task

TEXTS = ["my card was charged twice", "hello", "the parcel is late"]


@pytest.fixture
def base(tiny_bert: Path, store: Path) -> Path:
    """A base model in the store."""
    folder = store / key_of("tiny")
    copytree(tiny_bert, folder)
    entry = BaseModelEntry(
        id="tiny", name="tiny", description="", parameters=1, bytes=1, licence="MIT", languages=[],
        tasks=[Task.TEXT_CLASSIFICATION], max_length=64, layers=1, hidden_size=1, source=LocalSource(path="tiny"),
    )  # fmt: skip
    sha256 = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    manifest = BaseModelManifest(created_at=clock.now(), entry=entry, source="local:tiny", sha256=sha256, files=[])
    (folder / MANIFEST).write_text(manifest.model_dump_json())
    return folder


def embed(client: TestClient, *inputs, path="/base-models/tiny/embed"):
    return client.post(path, json={"inputs": inputs})


def vectors(answer) -> np.ndarray:
    return np.array([np.frombuffer(base64.b64decode(each), "<f4") for each in answer.json()["embeddings"]])


def test_they_are_the_means_that_transformers_gives(start, base):
    client = start()
    answer = embed(client, *TEXTS)
    assert answer.status_code == 200, answer.text
    model, tokenizer = AutoModel.from_pretrained(base).eval(), Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_padding()
    read = [tokenizer.encode(text).ids for text in TEXTS]
    with torch.no_grad():
        means = [model(torch.tensor([ids])).last_hidden_state.mean(1)[0] for ids in read]
    expected = torch.nn.functional.normalize(torch.stack(means), dim=1).numpy()
    np.testing.assert_allclose(vectors(answer), expected, atol=1e-5)
    assert answer.json()["tokens"] == sum(map(len, read))
    # As token ids, without what the tokenizer puts around a text.
    inner = [ids[1:-1] for ids in read]
    np.testing.assert_allclose(vectors(embed(client, *inner)), expected, atol=1e-5)
    assert client.get("/status").json()["memory_bytes"] > 0


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (("a", [10**6]), "'input.1' has a number"),
        (("word " * 5000,), "'input.0' has too many tokens: this model's maximum context length is"),
    ],
)
def test_what_cannot_be_read_is_named(start, base, inputs, words):
    answer = embed(start(), *inputs)
    assert answer.status_code == 422
    assert words in answer.json()["error"]["message"]


def test_a_base_model_that_is_not_there_or_was_altered_is_refused(start, base):
    client = start()
    assert embed(client, "a", path="/base-models/other/embed").status_code == 404
    with (base / "model.safetensors").open("ab") as stream:
        stream.write(b"\0")
    assert embed(client, "a").json()["error"]["code"] == "broken_artifact"


def test_a_version_of_before_says_what_to_do(start, api, store, make_artifact):
    api.want("mv_1", make_artifact(store / "mv_1"))
    client = start()
    until(lambda: api.reports)
    answer = embed(client, "a", path="/versions/mv_1/embed")
    assert "Train it again." in answer.json()["error"]["message"]
