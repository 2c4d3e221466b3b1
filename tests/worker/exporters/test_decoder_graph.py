"""The graphs of models that write, against `transformers` and `peft`, for every kind of decoder that can be taught."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tuneyard.base_models.text_part import text_config
from tuneyard_worker.exporters.decoder_folder import UNKNOWN, main, write_decoder
from tuneyard_worker.exporters.decoder_graph import graph_bytes
from tuneyard_worker.exporters.decoder_shape import UnknownDecoder, shape_of
from tuneyard_worker.serving.engines.adapters import read_adapter
from tuneyard_worker.serving.engines.onnx_decoder import OnnxDecoder

SIZES: dict[str, Any] = {
    "vocab_size": 96,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 128,
    "initializer_range": 0.2,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 10000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}
# As Phi 4 mini has them: of half of a head's 32 numbers.
LONGROPE = {
    "rope_type": "longrope",
    "rope_theta": 10000.0,
    "partial_rotary_factor": 0.5,
    "short_factor": [1.0, 1.1, 1.3, 1.6, 2.0, 2.5, 3.0, 3.5],
    "long_factor": [float(number) for number in range(2, 10)],
}
KINDS: dict[str, dict[str, Any]] = {
    "llama": {"tie_word_embeddings": True},
    "llama, positions of 3.1": {"model_type": "llama", "rope_parameters": LLAMA3},
    "mistral": {"sliding_window": 8},
    "qwen2": {},
    "qwen3": {"head_dim": 32, "tie_word_embeddings": True},
    "phi3": {"partial_rotary_factor": 0.5, "sliding_window": None, "hidden_size": 128},
    "phi3, positions of 4 mini": {
        "model_type": "phi3",
        "hidden_size": 128,
        "sliding_window": None,
        "rope_parameters": LONGROPE,
        "max_position_embeddings": 512,
        "original_max_position_embeddings": 128,
    },
    "gemma3_text": {"head_dim": 32, "sliding_window": 8, "query_pre_attn_scalar": 20},
}
LONG, SHORT = 40, 13
# What 8 bits leave of random weights; a wrong window, turn or norm gives less than 0.97.
ALIKE = 0.98


@pytest.fixture(params=list(KINDS))
def decoder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with a random model of some kind, adapters for it, and its graph."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoConfig, AutoModelForCausalLM

    more = dict(KINDS[request.param])
    config = AutoConfig.for_model(more.pop("model_type", request.param), **(SIZES | more))
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "norm" in name or name.endswith("bias"):
                weight.add_(0.2 * torch.randn_like(weight))
    model.save_pretrained(tmp_path / "model")
    adapted = get_peft_model(model, LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM"))
    with torch.no_grad():
        for name, weight in adapted.named_parameters():
            if "lora_B" in name:
                weight.normal_(0, 0.1)
    adapted.save_pretrained(tmp_path / "adapter", save_embedding_layers=False)
    write_decoder(tmp_path / "model", tmp_path / "graph")
    return tmp_path


def test_texts_side_by_side_get_the_scores_of_their_models(decoder: Path) -> None:
    engine = OnnxDecoder(decoder / "graph", threads=1, rows=4, room=64)
    adapter = read_adapter(decoder / "adapter", engine.facts.linears)
    draw = np.random.default_rng(0)
    long, short = draw.integers(3, 96, LONG).tolist(), draw.integers(3, 96, SHORT).tolist()
    plain, taught = logits(decoder, long), logits(decoder, long, adapted=True)
    # In two parts, as a long question is read.
    engine.read(0, long[:20], 0, None)
    assert alike(engine.read(0, long[20:30], 20, None), plain[29])
    assert alike(engine.read(1, long[:30], 0, adapter), taught[29])
    engine.read(3, short[:8], 0, None)
    engine.move(3, 2, 8)
    for place in range(5):
        ids = [long[30 + place], long[30 + place], short[8 + place]]
        found = engine.step(ids, [30 + place, 30 + place, 8 + place], [None, adapter, None])
    assert alike(found[0], plain[34])
    assert alike(found[1], taught[34])
    assert alike(found[2], logits(decoder, short)[12])
    assert not alike(plain[34], taught[34])
    # Nothing of a text is left in its row.
    engine.rest()
    assert alike(engine.read(1, short, 0, None), logits(decoder, short)[12])


def test_the_size_is_known_before_it_is_made(decoder: Path) -> None:
    shape = shape_of(config_of(decoder))
    written = (decoder / "graph" / "decoder.onnx.data").stat().st_size
    assert graph_bytes(shape) <= written <= graph_bytes(shape) + 4096 * 8 * shape.layers * 12


def test_what_nobody_knows_is_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "mamba"}')
    assert main([str(tmp_path), str(tmp_path / "graph")]) == UNKNOWN
    assert capsys.readouterr().err == "models of the kind 'mamba'\n"
    with pytest.raises(UnknownDecoder, match="positions of the kind 'yarn'"):
        shape_of(SIZES | {"model_type": "llama", "hidden_act": "silu", "rms_norm_eps": 1e-5, "rope_scaling": YARN})


def test_with_longrope_texts_may_be_as_long_as_the_short_turns_are_for() -> None:
    """As publishers write it; behind that length a text is turned otherwise from its beginning on."""
    published = {"model_type": "phi3", "hidden_act": "silu", "rms_norm_eps": 1e-5, "partial_rotary_factor": 0.5}
    lengths = {"max_position_embeddings": 131_072, "original_max_position_embeddings": 4096}
    scaling = {"type": "longrope", "short_factor": [2.0] * 4, "long_factor": [9.0] * 4}
    shape = shape_of(SIZES | published | lengths | {"rope_theta": 10000.0, "rope_scaling": scaling})
    assert shape.longest == 4096
    assert shape.rotations[0].scale == pytest.approx(1.1902, abs=1e-4)
    assert shape.rotations[0].frequencies == pytest.approx([0.5, 0.05, 0.005, 0.0005])


def test_a_config_that_lacks_something_is_refused_in_words() -> None:
    with pytest.raises(UnknownDecoder, match="models whose config lacks 'rms_norm_eps'"):
        shape_of(SIZES | {"model_type": "llama", "hidden_act": "silu"})


def test_what_the_text_part_of_gemma_3_4b_leaves_to_its_kind_is_known() -> None:
    from transformers import AutoConfig

    written = {
        "model_type": "gemma3_text",
        "hidden_size": 2560,
        "intermediate_size": 10240,
        "num_hidden_layers": 34,
        "rope_scaling": {"factor": 8.0, "rope_type": "linear"},
        "sliding_window": 1024,
    }
    kept = text_config({"model_type": "gemma3", "text_config": written})
    told = AutoConfig.for_model(**written).to_dict()
    assert shape_of(kept) == shape_of(told)
    assert {name: told.get(name, value) for name, value in kept.items()} == kept | {"architectures": None}


YARN = {"rope_type": "yarn", "factor": 4.0}


def logits(folder: Path, ids: list[int], *, adapted: bool = False) -> NDArray[np.float32]:
    """Of every place, by `transformers`."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model: Any = AutoModelForCausalLM.from_pretrained(folder / "model")
    if adapted:
        model = PeftModel.from_pretrained(model, folder / "adapter")
    with torch.no_grad():
        found: NDArray[np.float32] = model.eval()(torch.tensor([ids])).logits[0].numpy()
    return found


def alike(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Whether two lists of scores say the same."""
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other)) > ALIKE


def config_of(folder: Path) -> dict[str, Any]:
    import json

    found: dict[str, Any] = json.loads((folder / "model" / "config.json").read_text())
    return found
