"""A model as a GGUF file: every kind that can be taught, read back by the library of llama.cpp and by transformers."""

import json

import gguf
import numpy as np
import pytest
import torch
from gguf.quants import dequantize
from safetensors.torch import load_file

from tiny_llama import write_tiny_llama
from tuneyard_worker.exporters.gguf_file import write_gguf
from tuneyard_worker.exporters.gguf_shapes import NotConvertible, shape_of
from tuneyard_worker.exporters.gguf_tokens import PATTERNS, pre_tokenizer
from tuneyard_worker.trainers.generation.causal_models import KINDS

STOP = [1]
TEXT = "<|im_start|>user\nA red cup, 42?<|im_end|>\n<|im_start|>assistant\n"
SIZES = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 261,
    "max_position_embeddings": 256,
    "bos_token_id": None,
    "eos_token_id": 1,
    "pad_token_id": 2,
    "initializer_range": 0.1,
}
OF_A_KIND = {
    "gemma3_text": {"head_dim": 32, "sliding_window": 64},
    "qwen3": {"head_dim": 128},
}  # of the latter transformers takes no other


@pytest.fixture
def make_model(tmp_path):
    """A random model of this kind with the tokenizer of the tiny llama; its norms and biases are random too."""
    from transformers import AutoConfig, AutoModelForCausalLM

    def make(kind, **config):
        folder = write_tiny_llama(tmp_path)
        tokenizer = json.loads((folder / "tokenizer.json").read_text())
        tokenizer["model"]["vocab"] |= {"re": 259, "red": 260}
        tokenizer["model"]["merges"] = [["r", "e"], ["re", "d"]]
        (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
        torch.manual_seed(1)
        model = AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **SIZES | OF_A_KIND.get(kind, {}) | config))
        with torch.no_grad():
            for weights in model.parameters():
                if weights.ndim == 1:
                    weights.add_(0.2 * torch.randn_like(weights))
        model.save_pretrained(folder)
        return folder

    return make


def logits(path, **options):
    """The model's scores behind each token of a text, and those tokens."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32, **options).eval()
    ids = AutoTokenizer.from_pretrained(path, **options).encode(TEXT, add_special_tokens=False, return_tensors="pt")
    with torch.no_grad():
        return model(ids).logits[0], ids[0].tolist()


@pytest.mark.parametrize("precision", ["f16", "q8_0"])
@pytest.mark.parametrize("kind", KINDS)
def test_it_computes_the_same_when_transformers_loads_it(make_model, kind, precision):
    folder = make_model(kind)
    write_gguf(folder, folder / "gguf" / "model.gguf", precision, "tiny", STOP)
    wanted, tokens = logits(folder)
    found, read = logits(folder / "gguf", gguf_file="model.gguf")
    assert read == tokens
    # Of scores between -3 and 3.
    torch.testing.assert_close(found, wanted, rtol=0, atol=0.02 if precision == "f16" else 0.2)
    sure = wanted.topk(2).values.diff().abs().squeeze(-1) > (0.05 if precision == "f16" else 0.5)
    assert sure.any()
    assert found.argmax(-1)[sure].tolist() == wanted.argmax(-1)[sure].tolist()


def test_its_numbers_are_those_of_the_weights(make_model):
    folder = make_model("qwen3")
    weights = {name: tensor.float().numpy() for name, tensor in load_file(folder / "model.safetensors").items()}
    for precision, worst in (("f16", 0.0), ("q8_0", 0.5 / 127)):
        path = folder / f"{precision}.gguf"
        write_gguf(folder, path, precision, "tiny", STOP)
        found = {tensor.name: dequantize(tensor.data, tensor.tensor_type) for tensor in gguf.GGUFReader(path).tensors}
        assert len(found) == len(weights)
        for name, new in (("model.embed_tokens", "token_embd"), ("model.layers.1.self_attn.q_proj", "blk.1.attn_q")):
            original = weights[f"{name}.weight"]
            blocks = np.abs(original).reshape(-1, 32).max(axis=1, keepdims=True).repeat(32, 1).reshape(original.shape)
            # Half a step of the scale of the block, and the rounding of that scale to 16 bits.
            allowed = worst * blocks * 1.01 + np.abs(original) * 1e-3 + 1e-7
            assert (np.abs(found[f"{new}.weight"] - original) <= allowed).all(), (precision, name)
        np.testing.assert_array_equal(
            found["blk.0.attn_q_norm.weight"], weights["model.layers.0.self_attn.q_norm.weight"]
        )


def test_what_programs_read_in_it(make_model):
    folder = make_model("llama")
    write_gguf(folder, folder / "model.gguf", "q8_0", "support answers", [1, 2])
    fields = gguf.GGUFReader(folder / "model.gguf").fields
    told = {name: field.contents() for name, field in fields.items() if name != "tokenizer.ggml.tokens"}
    expected = {
        "general.architecture": "llama",
        "general.name": "support answers",
        "general.file_type": 7,
        "llama.context_length": 256,
        "llama.block_count": 2,
        "llama.attention.head_count_kv": 2,
        "llama.rope.freq_base": 10000.0,
        "llama.rope.dimension_count": 16,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "gpt-2",
        "tokenizer.ggml.eos_token_id": 1,
        "tokenizer.ggml.eot_token_id": 2,
        "tokenizer.ggml.padding_token_id": 2,
        "tokenizer.chat_template": (folder / "chat_template.jinja").read_text(),
    }
    assert {name: told.get(name) for name in expected} == expected
    assert told["tokenizer.ggml.token_type"][:4] == [3, 3, 3, 1]


@pytest.fixture
def make_model_of_characters(make_model):
    """With a tokenizer as Mistral and Gemma have: the folder, its pieces and the tokenizer."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers

    def make(*added, numbers=0):
        pieces = [
            "<unk>",
            "<s>",
            "</s>",
            *(f"<0x{number:02X}>" for number in range(256)),
            *"▁abcdehopr",
            "re",
            "▁re",
            "red",
        ]
        merges = [("r", "e"), ("▁", "re"), ("re", "d")]
        vocabulary = {piece: number for number, piece in enumerate(pieces)}
        tokenizer = Tokenizer(models.BPE(vocabulary, merges, unk_token="<unk>", byte_fallback=True))
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
        tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
        tokenizer.add_special_tokens(
            [AddedToken(text, special=True, normalized=False) for text in ("<unk>", "<s>", "</s>")]
        )
        tokenizer.add_tokens(list(added))
        folder = make_model("llama", vocab_size=len(pieces) + numbers, bos_token_id=1, eos_token_id=2, pad_token_id=2)
        tokenizer.save(str(folder / "tokenizer.json"))
        special = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
        config = {"tokenizer_class": "PreTrainedTokenizerFast"} | special
        (folder / "tokenizer_config.json").write_text(json.dumps(config))
        return folder, pieces, tokenizer

    return make


def test_a_tokenizer_of_characters_with_bytes_for_the_rest(make_model_of_characters):
    """Pieces have scores instead of merges."""
    from transformers import AutoTokenizer

    folder, pieces, tokenizer = make_model_of_characters(numbers=1)
    write_gguf(folder, folder / "gguf" / "model.gguf", "f16", "tiny", [2])
    fields = gguf.GGUFReader(folder / "gguf" / "model.gguf").fields
    told = {name: field.contents() for name, field in fields.items() if name.startswith("tokenizer.")}
    assert told["tokenizer.ggml.model"] == "llama"
    assert told["tokenizer.ggml.add_space_prefix"] is True
    assert told["tokenizer.ggml.tokens"] == [*pieces, f"[PAD{len(pieces)}]"]
    kinds = told["tokenizer.ggml.token_type"]
    assert (kinds[:4], kinds[-2:]) == ([2, 3, 3, 6], [1, 5])
    scores = dict(zip(told["tokenizer.ggml.tokens"], told["tokenizer.ggml.scores"], strict=True))
    assert scores["re"] > scores["▁re"] > scores["red"] > scores["r"]
    again = AutoTokenizer.from_pretrained(folder / "gguf", gguf_file="model.gguf")
    for text in ("a red rope", "héllo"):
        assert again.encode(text, add_special_tokens=False) == tokenizer.encode(text, add_special_tokens=False).ids


def test_tokens_that_were_added_are_those_that_people_write_and_the_model_has(make_model_of_characters):
    """Of Gemma 3 runs of spaces are added tokens, and its text part has no number for that of a picture."""
    from tokenizers import AddedToken

    folder, pieces, _ = make_model_of_characters(
        AddedToken("▁▁", normalized=False), AddedToken("<image>", special=True, normalized=False), numbers=1
    )
    write_gguf(folder, folder / "model.gguf", "f16", "tiny", [2])
    fields = gguf.GGUFReader(folder / "model.gguf").fields
    tokens, kinds = (fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "token_type"))
    assert (tokens, kinds[-2:]) == ([*pieces, "  "], [1, 4])


def test_a_tokenizer_with_more_pieces_than_the_model_is_said(make_model_of_characters):
    folder, _, _ = make_model_of_characters(numbers=-1)
    with pytest.raises(NotConvertible, match="more pieces than the model"):
        write_gguf(folder, folder / "gguf" / "model.gguf", "f16", "tiny", [2])


def test_frequencies_of_llama_3_are_a_tensor(make_model):
    rope = {
        "rope_type": "llama3",
        "rope_theta": 500000.0,
        "factor": 32.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192,
    }
    folder = make_model("llama", rope_parameters=rope, head_dim=16, max_position_embeddings=131072)
    write_gguf(folder, folder / "model.gguf", "f16", "tiny", STOP)
    [factors] = [
        each.data for each in gguf.GGUFReader(folder / "model.gguf").tensors if each.name == "rope_freqs.weight"
    ]
    from transformers import AutoConfig
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

    scaled, _ = ROPE_INIT_FUNCTIONS["llama3"](AutoConfig.from_pretrained(folder), torch.device("cpu"))
    plain = 500000.0 ** -(np.arange(0, 16, 2) / 16)
    np.testing.assert_allclose(plain / factors, scaled.numpy(), rtol=1e-5)


def test_what_llama_cpp_can_not_compute_is_said(make_model):
    folder = make_model("llama")
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    tokenizer["pre_tokenizer"] = {
        "type": "Sequence",
        "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": "x+"}, "behavior": "Isolated", "invert": False},
            tokenizer["pre_tokenizer"],
        ],
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    with pytest.raises(NotConvertible, match="no name for"):
        write_gguf(folder, folder / "gguf" / "model.gguf", "f16", "tiny", STOP)
    assert not list((folder / "gguf").glob("*"))
    for pattern, name in PATTERNS.items():
        tokenizer["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = pattern
        assert pre_tokenizer(tokenizer) == name


def test_a_kind_that_it_does_not_know_is_refused():
    from transformers import GPT2Config

    with pytest.raises(NotConvertible, match="gpt2"):
        shape_of(GPT2Config())
