"""Base models: only what can be taught and exported again is loaded."""

import json
import shutil

import pytest
from safetensors.torch import load_file, save_file

from tuneyard.specs.job import BaseModelRef
from tuneyard_worker.failures import JobFailure
from tuneyard_worker.trainers.base_models import load


@pytest.fixture
def folder(tiny_bert, tmp_path):
    return shutil.copytree(tiny_bert, tmp_path / "base")


def reference(folder):
    return BaseModelRef(id="b", name="my base", sha256="", licence="", source="local:base", path=folder)


def change_config(folder, **changes):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | changes))


def test_the_encoder_is_ready_to_read(folder):
    base = load(reference(folder))
    assert not base.encoder.training
    assert base.longest == 40


def test_positions_of_roberta_start_after_the_padding(tiny_roberta):
    assert load(reference(tiny_roberta)).longest == 40 - 1 - 1


@pytest.mark.parametrize("changes", [{"model_type": "gpt2"}, {"hidden_act": "swish"}])
def test_a_kind_that_cannot_be_taught_is_refused(folder, changes):
    change_config(folder, **changes)
    with pytest.raises(JobFailure, match="my base") as failure:
        load(reference(folder))
    assert failure.value.error.code == "base_model_unsupported"
    assert "bert, roberta, xlm-roberta" in failure.value.error.hint


def test_code_of_the_folder_is_never_run(folder):
    change_config(folder, auto_map={"AutoModel": "evil.Model"})
    (folder / "evil.py").write_text("raise SystemExit('run')")
    load(reference(folder))


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(JobFailure, match=name) as failure:
        load(reference(folder))
    assert failure.value.error.code == "base_model_incomplete"


def test_broken_weights_are_refused(folder):
    (folder / "model.safetensors").write_bytes(b"not tensors")
    with pytest.raises(JobFailure) as failure:
        load(reference(folder))
    assert failure.value.error.code == "base_model_unreadable"


def test_missing_weights_are_not_made_up(folder):
    weights = load_file(folder / "model.safetensors")
    del weights["encoder.layer.1.output.dense.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(JobFailure, match="lacks 1 of the weights"):
        load(reference(folder))
