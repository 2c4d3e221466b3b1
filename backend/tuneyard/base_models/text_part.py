"""The part of a model for pictures and text that writes: only that can be taught here, and only that is kept."""

from pathlib import Path
from typing import Any

from tuneyard.base_models.errors import RefusedBaseModel
from tuneyard.base_models.safetensors import read_header, select

# As the checkpoints have it, and as newer releases of `transformers` write it.
PREFIXES = {"language_model.model.": "model.", "language_model.lm_head.": "lm_head.", "model.language_model.": "model."}
TEXT_KINDS = {"gemma3": "gemma3_text"}
ARCHITECTURES = {"gemma3_text": "Gemma3ForCausalLM"}
# What the config of the text part leaves to the defaults of its kind.
DEFAULTS: dict[str, dict[str, Any]] = {
    "gemma3_text": {
        "head_dim": 256,
        "hidden_activation": "gelu_pytorch_tanh",
        "max_position_embeddings": 131_072,
        "num_attention_heads": 8,
        "num_key_value_heads": 4,
        "query_pre_attn_scalar": 256,
        "rms_norm_eps": 1e-6,
        "rope_local_base_freq": 10_000.0,
        "rope_theta": 1_000_000.0,
        "sliding_window": 4096,
        "tie_word_embeddings": True,
        "vocab_size": 262_208,
    }
}
SHARED = ("bos_token_id", "eos_token_id", "pad_token_id", "dtype", "torch_dtype", "transformers_version")


def has_more_than_text(config: dict[str, Any]) -> bool:
    return config.get("model_type") in TEXT_KINDS and isinstance(config.get("text_config"), dict)


def text_config(config: dict[str, Any]) -> dict[str, Any]:
    """The config of the text part, as that of a model of its own; any other config as it is."""
    if not has_more_than_text(config):
        return config
    kind = TEXT_KINDS[config["model_type"]]
    shared = {name: config[name] for name in SHARED if name in config}
    own: dict[str, Any] = config["text_config"] | {"model_type": kind, "architectures": [ARCHITECTURES[kind]]}
    return DEFAULTS[kind] | shared | own


def keep_text(weights: Path) -> None:
    """Keep the tensors of the text part only, by the names of a model of its own. Raises RefusedBaseModel."""
    names = {name: new for name in read_header(weights)[0] if (new := _own_name(name)) is not None}
    if not names:
        raise RefusedBaseModel(f"{weights.name} has no part that writes.")
    kept = weights.with_suffix(".text")
    select(weights, names, kept)
    kept.replace(weights)


def _own_name(name: str) -> str | None:
    found = next((new + name.removeprefix(old) for old, new in PREFIXES.items() if name.startswith(old)), None)
    return name if name.startswith("lm_head.") else found
