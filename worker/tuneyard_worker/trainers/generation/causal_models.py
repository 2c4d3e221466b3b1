"""Base models that write: loading one, and the adapters through which it learns."""

import importlib
import importlib.util
import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from safetensors import SafetensorError
from tokenizers import Tokenizer

from tuneyard.specs.job import BaseModelRef
from tuneyard.specs.text_generation import TextGenerationHyperparameters
from tuneyard_worker.failures import JobFailure
from tuneyard_worker.trainers.compute import CPU, Compute
from tuneyard_worker.trainers.generation.attention import attend_by_conversation

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

KINDS = ("gemma3_text", "llama", "mistral", "phi3", "qwen2", "qwen3")
"""Decoders whose masks `transformers` makes for several documents in one sequence."""
CHAT_TEMPLATE = "chat_template.jinja"
TOKENIZER = "tokenizer.json"
FILES = ("config.json", "model.safetensors", TOKENIZER, CHAT_TEMPLATE)
# Of one score of attention until its gradient is known: itself and its softmax, in 32 bits and as it is multiplied.
SCORE_BYTES = 12
MOST_SCORE_BYTES = 2**30


@dataclass(frozen=True)
class CausalModel:
    """A loaded decoder with its tokenizer."""

    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerFast"

    @property
    def longest(self) -> int:
        """Tokens of the longest conversation it can follow."""
        return int(self.model.config.max_position_embeddings)

    @property
    def parameters(self) -> int:
        return int(self.model.num_parameters())


def check(reference: BaseModelRef) -> dict[str, Any]:
    """The config of a base model whose files are all there and of a kind that can be taught.

    Raises JobFailure: `base_model_incomplete`, `base_model_writes_not`.
    """
    missing = [name for name in FILES if not (reference.path / name).is_file()]
    if missing:
        raise JobFailure(
            "base_model_incomplete",
            f"The base model '{reference.name}' lacks the file {missing[0]}.",
            "Fetch it again, or choose another base model.",
            details={"model": reference.name, "file": missing[0]},
        )
    config: dict[str, Any] = json.loads((reference.path / "config.json").read_text(encoding="utf-8"))
    kind = config.get("model_type")
    if kind not in KINDS:
        raise JobFailure(
            "base_model_writes_not",
            f"The base model '{reference.name}' is of the kind '{kind}', which can't be taught to write here.",
            f"Choose a base model of one of these kinds: {', '.join(KINDS)}.",
            details={"model": reference.name, "family": str(kind), "families": list(KINDS)},
        )
    return config


def load(folder: Path, name: str, dtype: torch.dtype, *, in_4_bits_on: torch.device | None = None) -> CausalModel:
    """Load a decoder and its tokenizer. No code of the folder is run and only safetensors are read.

    Raises JobFailure `base_model_unreadable`.
    """
    from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

    logging = importlib.import_module("transformers.utils.logging")
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    _check_tokenizer(folder / TOKENIZER, name)
    safely: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        loaded: Any = AutoModelForCausalLM.from_pretrained(
            folder,
            use_safetensors=True,
            dtype=dtype,
            attn_implementation="sdpa",
            output_loading_info=True,
            **safely,
            **(_in_4_bits(in_4_bits_on, dtype) if in_4_bits_on else {}),
        )
        # Not by the class that the base model names: some are made anew, by rules that are not those of the file.
        tokenizer = PreTrainedTokenizerFast.from_pretrained(folder, **safely)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise _unreadable(name, str(error)) from error
    model, found = loaded
    if found["missing_keys"]:
        # transformers fills them with random numbers and goes on.
        raise _unreadable(name, f"its file lacks {len(found['missing_keys'])} of the weights")
    return CausalModel(model.eval(), tokenizer)


def attend_fast(model: "PreTrainedModel", tokens: int, compute: Compute) -> None:
    """Have sequences of so many tokens attended to by plain matrix products, where there is room for the scores.

    The fused kernel keeps no scores, but on a processor its way back alone takes as long as plain products both ways.
    """
    config = model.config.get_text_config()
    scores = config.num_attention_heads * config.num_hidden_layers * tokens**2 * SCORE_BYTES
    if compute.device == CPU and scores <= MOST_SCORE_BYTES:
        attend_by_conversation(model)


def check_card(compute: Compute) -> None:
    """Raises JobFailure where QLoRA can't be computed: `no_graphics_card`, `bitsandbytes_missing`."""
    if compute.device == CPU:
        raise JobFailure(
            "no_graphics_card",
            "QLoRA computes on a CUDA card only, and this machine has none.",
            "Set 'tuning' to lora, or start a worker on a machine with a CUDA card.",
        )
    if importlib.util.find_spec("bitsandbytes") is None:
        raise JobFailure(
            "bitsandbytes_missing",
            "QLoRA needs the library bitsandbytes, which this worker lacks.",
            "Install tuneyard[qlora] on it, or set 'tuning' to lora.",
            users=False,
        )


def _in_4_bits(device: torch.device, dtype: torch.dtype) -> dict[str, Any]:
    """Weights in the 4-bit type of QLoRA, their scales quantised once more (Dettmers et al. 2023)."""
    from transformers import BitsAndBytesConfig

    config = BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )
    return {"quantization_config": config, "device_map": {"": device}}


def dtype_for(compute: Compute, tuning: str) -> torch.dtype:
    """The type of weights that stay as they are: bfloat16 where it is fast. What learns is always float32."""
    return torch.bfloat16 if compute.bf16 and tuning != "full" else torch.float32


def stored_dtype(config: dict[str, Any]) -> torch.dtype:
    """The type that the weights have in the base model's file."""
    found = getattr(torch, str(config.get("dtype", config.get("torch_dtype"))), None)
    return found if isinstance(found, torch.dtype) else torch.float32


def add_adapters(model: "PreTrainedModel", hyper: TextGenerationHyperparameters) -> Any:
    """The model with adapters on every linear layer, in float32, that learn; everything else is frozen."""
    from peft import LoraConfig, get_peft_model
    from peft.tuners.lora import LoraLayer

    config = LoraConfig(
        r=hyper.lora_rank,
        lora_alpha=hyper.lora_alpha,
        lora_dropout=hyper.lora_dropout,
        use_dora=hyper.tuning == "dora",
        use_rslora=hyper.tuning == "rslora",
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    with warnings.catch_warnings():
        # peft asks transformers for a name that is about to go; nobody here can do anything about it.
        warnings.simplefilter("ignore", FutureWarning)
        adapted = get_peft_model(model, config)
    if not config.use_dora:
        for layer in adapted.modules():
            if isinstance(layer, LoraLayer):
                # Products round their inputs by themselves (Compute.precision); to 32 bits first would be for nothing.
                layer.cast_input_dtype_enabled = False
    return adapted


def merge(adapted: Any) -> "PreTrainedModel":
    """A plain model whose weights include what the adapters learnt."""
    return cast("PreTrainedModel", adapted.merge_and_unload())


def _check_tokenizer(path: Path, name: str) -> None:
    """Read as a whole by the library that knows the form: `transformers` takes parts of it for granted."""
    try:
        Tokenizer.from_file(str(path))
    except Exception as error:  # the library has no narrower one for a file of a stranger
        raise _unreadable(name, f"its {path.name} is damaged ({str(error)[:100]})") from error


def _unreadable(name: str, why: str) -> JobFailure:
    return JobFailure(
        "base_model_unreadable",
        f"The base model '{name}' can't be loaded: {why}.",
        "Fetch it again, or choose another base model.",
        details={"model": name, "cause": why},
    )
