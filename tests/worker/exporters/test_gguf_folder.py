"""A quantised GGUF file becomes the numbers it stands for."""

import gguf
import numpy as np
import pytest
from safetensors.numpy import load_file

from tuneyard_worker.exporters.gguf_folder import write_folder

HIDDEN, HEADS, FEED = 64, 2, 96
TOKENS = ["<unk>", "<s>", "</s>", *"abcdefghijklmnopqrstuvwxyz", "ab"]


@pytest.fixture
def tiny_gguf(tmp_path):
    """A Llama of one layer, its matrices quantised to 4 bits; what each quantised matrix stands for."""
    draw = np.random.default_rng(1)
    writer = gguf.GGUFWriter(tmp_path / "tiny.gguf", "llama")
    writer.add_name("tiny")
    writer.add_block_count(1)
    writer.add_context_length(64)
    writer.add_embedding_length(HIDDEN)
    writer.add_feed_forward_length(FEED)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(TOKENS))
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(TOKENS)
    writer.add_token_merges(["a b"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_chat_template("{{ messages[0].content }}")
    known = {}
    shapes = {"attn_q": (HIDDEN, HIDDEN), "attn_k": (HIDDEN, HIDDEN), "attn_v": (HIDDEN, HIDDEN)}
    shapes |= {"attn_output": (HIDDEN, HIDDEN), "ffn_gate": (FEED, HIDDEN), "ffn_up": (FEED, HIDDEN)}
    shapes |= {"ffn_down": (HIDDEN, FEED)}
    for name, shape in shapes.items():
        packed = gguf.quantize(draw.normal(0, 0.1, shape).astype(np.float32), gguf.GGMLQuantizationType.Q4_1)
        known[name] = gguf.dequantize(packed, gguf.GGMLQuantizationType.Q4_1)
        writer.add_tensor(f"blk.0.{name}.weight", packed, raw_dtype=gguf.GGMLQuantizationType.Q4_1)
    for name in ("blk.0.attn_norm", "blk.0.ffn_norm", "output_norm"):
        writer.add_tensor(f"{name}.weight", np.ones(HIDDEN, dtype=np.float32))
    writer.add_tensor("token_embd.weight", draw.normal(0, 1, (len(TOKENS), HIDDEN)).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return tmp_path / "tiny.gguf", known


def test_every_number_is_what_the_quantised_one_stands_for(tiny_gguf, tmp_path):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    path, known = tiny_gguf
    write_folder(path, tmp_path / "out")
    found = load_file(tmp_path / "out" / "model.safetensors")
    for name, place in (("ffn_gate", "mlp.gate_proj"), ("ffn_down", "mlp.down_proj"), ("attn_v", "self_attn.v_proj")):
        written = found[f"model.layers.0.{place}.weight"]
        assert written.dtype == np.float32
        assert np.array_equal(written, known[name])
    assert (tmp_path / "out" / "chat_template.jinja").read_text() == "{{ messages[0].content }}"
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    assert not hasattr(model.config, "quantization_config")
    assert AutoTokenizer.from_pretrained(tmp_path / "out").eos_token == "</s>"
