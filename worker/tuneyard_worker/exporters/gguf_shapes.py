"""How llama.cpp names the numbers and the tensors of each kind of decoder that can be taught."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float32]
Scaling = gguf.RopeScalingType


class NotConvertible(Exception):
    """Nothing in llama.cpp computes what this model computes; the sentence says what."""


@dataclass(frozen=True)
class Shape:
    """The config of one model, and how it is written."""

    arch: gguf.MODEL_ARCH
    config: Any

    @property
    def head_dim(self) -> int:
        return int(getattr(self.config, "head_dim", None) or self.config.hidden_size // self.config.num_attention_heads)

    @property
    def rope(self) -> dict[str, Any]:
        """Of the layers that see everything."""
        found: dict[str, Any] = self.config.rope_parameters or {}
        full: dict[str, Any] = found.get("full_attention", found)
        return full

    def tell(self, writer: gguf.GGUFWriter) -> None:
        """Everything but the tokenizer. Raises NotConvertible."""
        config = self.config
        writer.add_context_length(config.max_position_embeddings)
        writer.add_embedding_length(config.hidden_size)
        writer.add_block_count(config.num_hidden_layers)
        writer.add_feed_forward_length(config.intermediate_size)
        writer.add_head_count(config.num_attention_heads)
        writer.add_head_count_kv(config.num_key_value_heads)
        writer.add_layer_norm_rms_eps(config.rms_norm_eps)
        writer.add_key_length(self.head_dim)
        writer.add_value_length(self.head_dim)
        writer.add_vocab_size(config.vocab_size)
        writer.add_rope_freq_base(self.rope["rope_theta"])
        writer.add_rope_dimension_count(int(self.head_dim * self.rope.get("partial_rotary_factor", 1.0)))
        if self.arch in (gguf.MODEL_ARCH.PHI3, gguf.MODEL_ARCH.GEMMA3):
            writer.add_sliding_window(config.sliding_window or 0)
        local = (config.rope_parameters or {}).get("sliding_attention")
        if local:
            writer.add_rope_freq_base_swa(local["rope_theta"])
        self._tell_scaling(writer)

    def _tell_scaling(self, writer: gguf.GGUFWriter) -> None:
        rope, kind = self.rope, self.rope.get("rope_type", "default")
        if kind in ("default", "llama3"):
            return  # of the latter there is a tensor
        if kind in ("linear", "yarn"):
            writer.add_rope_scaling_type(Scaling.LINEAR if kind == "linear" else Scaling.YARN)
            writer.add_rope_scaling_factor(rope["factor"])
            if kind == "yarn":
                writer.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])
            return
        if kind == "longrope":
            original = self._original_length
            scale = self.config.max_position_embeddings / original
            writer.add_rope_scaling_orig_ctx_len(original)
            factor = 1.0 if scale <= 1 else math.sqrt(1 + math.log2(scale) / math.log2(original))
            writer.add_rope_scaling_attn_factors(factor)
            return
        raise NotConvertible(f"its positions are scaled in the way '{kind}'")

    @property
    def _original_length(self) -> int:
        inside = self.rope.get("original_max_position_embeddings")
        return int(inside or getattr(self.config, "original_max_position_embeddings", None) or 0) or int(
            self.config.max_position_embeddings
        )

    def extras(self) -> Iterator[tuple[str, Weights]]:
        """Tensors that stand for numbers of the config, by their names in the file."""
        kind = self.rope.get("rope_type", "default")
        if kind == "llama3":
            yield _name(gguf.MODEL_TENSOR.ROPE_FREQS), self._llama3_factors()
        elif kind == "longrope":
            for tensor, key in (
                (gguf.MODEL_TENSOR.ROPE_FACTORS_LONG, "long_factor"),
                (gguf.MODEL_TENSOR.ROPE_FACTORS_SHORT, "short_factor"),
            ):
                yield _name(tensor), np.array(self.rope[key], dtype=np.float32)

    def _llama3_factors(self) -> Weights:
        """By how much each frequency is divided; the formula of Llama 3.1."""
        rope, size = self.rope, self.head_dim
        low, high, original = (
            rope["low_freq_factor"],
            rope["high_freq_factor"],
            rope["original_max_position_embeddings"],
        )
        turns = original / (2 * math.pi * rope["rope_theta"] ** (np.arange(0, size, 2) / size))
        smooth = np.clip((turns - low) / (high - low), 0, 1)
        return np.asarray(1 / ((1 - smooth) / rope["factor"] + smooth), dtype=np.float32)

    def changed(self, name: str, weights: Weights) -> Weights:
        """A tensor as llama.cpp wants it; `name` is that of transformers."""
        return CHANGES.get(self.arch, _unchanged)(self, name, weights)


def shape_of(config: Any) -> Shape:
    """How a model of this config is written. Raises NotConvertible."""
    if config.model_type not in ARCHITECTURES:
        raise NotConvertible(f"it is of the kind '{config.model_type}'")
    return Shape(ARCHITECTURES[config.model_type], config)


ARCHITECTURES = {
    "llama": gguf.MODEL_ARCH.LLAMA,
    "mistral": gguf.MODEL_ARCH.LLAMA,
    "qwen2": gguf.MODEL_ARCH.QWEN2,
    "qwen3": gguf.MODEL_ARCH.QWEN3,
    "gemma3_text": gguf.MODEL_ARCH.GEMMA3,
    "phi3": gguf.MODEL_ARCH.PHI3,
}


def _name(tensor: gguf.MODEL_TENSOR) -> str:
    return f"{gguf.TENSOR_NAMES[tensor]}.weight"


def _unchanged(_: Shape, __: str, weights: Weights) -> Weights:
    return weights


def _interleaved(shape: Shape, name: str, weights: Weights) -> Weights:
    """Llama's rotation pairs neighbours there, and halves here."""
    heads = {"q_proj": shape.config.num_attention_heads, "k_proj": shape.config.num_key_value_heads}
    count = next((number for part, number in heads.items() if f".{part}." in name), None)
    if count is None:
        return weights
    halves = weights.reshape(count, 2, weights.shape[0] // count // 2, *weights.shape[1:])
    return halves.swapaxes(1, 2).reshape(weights.shape)


def _around_one(_: Shape, name: str, weights: Weights) -> Weights:
    """Gemma's norms are kept as the difference from one."""
    return weights + 1 if name.endswith("norm.weight") else weights


CHANGES: dict[gguf.MODEL_ARCH, Callable[[Shape, str, Weights], Weights]] = {
    gguf.MODEL_ARCH.LLAMA: _interleaved,
    gguf.MODEL_ARCH.GEMMA3: _around_one,
}
