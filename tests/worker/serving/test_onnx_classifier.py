"""The classifier alone: order, batching, shared sessions."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest

from tuneyard.specs.manifest import ModelManifest
from tuneyard_worker.serving.engines.onnx_classifier import OnnxClassifier, batches
from tuneyard_worker.serving.engines.session_cache import SessionCache, graph_bytes


def load(artifact: Path, sessions: SessionCache | None = None) -> OnnxClassifier:
    manifest = ModelManifest.model_validate_json((artifact / "manifest.json").read_bytes())
    return OnnxClassifier.load(artifact, manifest.serving, manifest.labels, 1, sessions)


def test_scores_keep_the_order_of_texts_of_all_lengths(make_artifact):
    classifier = load(make_artifact())
    texts = ["refund", "please my invoice was charged twice", "", "hello " * 500, "unknown words only", "card"] * 40

    together = classifier.scores(texts)

    assert together.dtype == np.float32
    assert together.shape == (240, 3)
    np.testing.assert_allclose(together.sum(axis=1), 1, atol=1e-6)
    alone = np.concatenate([classifier.scores([text]) for text in texts[:6]] * 40)
    np.testing.assert_allclose(together, alone, atol=1e-6)
    assert [classifier.labels[row] for row in together[:6].argmax(axis=1)][:2] == ["refund", "billing"]


def test_no_text_gives_no_row(make_artifact):
    assert load(make_artifact()).scores([]).shape == (0, 3)


def test_tokens_are_counted_as_they_are_read(make_artifact):
    classifier = load(make_artifact())
    around = classifier.count([""])
    assert classifier.count(["refund", "my card"]) == 3 + 2 * around
    assert classifier.count(["card " * 5_000]) == classifier.count(["card " * 4_000])


def test_batches_hold_every_row_once_and_little_padding():
    lengths = [int(length) for length in np.random.default_rng(0).integers(1, 512, 1000)]
    found = list(batches(lengths))
    assert sorted(row for batch in found for row in batch) == list(range(1000))
    for batch in found:
        longest = max(lengths[row] for row in batch)
        assert len(batch) == 1 or len(batch) * longest <= 1024
        assert min(lengths[row] for row in batch) >= 0.8 * longest


def test_same_encoder_bytes_share_one_session(make_artifact):
    sessions = SessionCache()
    first, second = load(make_artifact(head_seed=1), sessions), load(make_artifact(head_seed=2), sessions)
    other = load(make_artifact(encoder_seed=5), sessions)
    assert first.encoder is second.encoder
    assert first.tokenizer is second.tokenizer
    assert first.head is not second.head
    assert other.encoder is not first.encoder


def test_session_goes_with_its_last_user(make_artifact):
    sessions = SessionCache()
    artifact = make_artifact()
    key = load(artifact, sessions).encoder.key
    assert (key, 1) not in sessions._sessions


def move_weights_outside(artifact: Path) -> Path:
    """Put the encoder's weights into a file beside the graph; the graph's path."""
    path = artifact / "onnx" / "encoder.onnx"
    onnx.save(onnx.load(path), path, save_as_external_data=True, location="encoder.onnx.data", size_threshold=1024)
    return path


def test_encoder_with_external_weights(make_artifact):
    artifact = make_artifact(ballast=100_000)
    expected = load(artifact).scores(["my card was charged"])

    path = move_weights_outside(artifact)

    assert path.stat().st_size < 10_000
    assert graph_bytes(path) > 100_000
    np.testing.assert_array_equal(load(artifact).scores(["my card was charged"]), expected)


def test_same_graph_with_other_external_weights_is_another_session(make_artifact, rewrite_manifest):
    sessions = SessionCache()
    loaded = []
    for seed in (1, 2, 1):
        artifact = make_artifact(encoder_seed=seed, ballast=100_000)
        move_weights_outside(artifact)
        rewrite_manifest(artifact)
        loaded.append(load(artifact, sessions))
    assert len({classifier.encoder.key.split("+")[0] for classifier in loaded}) == 1
    assert loaded[0].encoder is not loaded[1].encoder
    assert loaded[0].encoder is loaded[2].encoder


@pytest.mark.parametrize("module", ["serving.engines.onnx_classifier", "serving.app", "batches.batch_predict"])
def test_serving_needs_no_torch_no_database_no_broker(module):
    code = (
        f"import sys, tuneyard_worker.{module}; print(sorted({{'torch', 'sqlalchemy', 'celery'}} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
