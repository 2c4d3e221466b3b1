"""A GGUF file as a folder of safetensors, config, tokenizer and chat template: `python -m … SOURCE FOLDER`.

The numbers are what the quantised file stands for, in 32 bits, so that nothing is lost a second time.
"""

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import load_file

if TYPE_CHECKING:
    from transformers import PreTrainedModel

WEIGHTS = "model.safetensors"


def write_folder(source: Path, folder: Path) -> None:
    """Dequantise `source` into `folder`, and compare what was written with what was read. Raises ValueError."""
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    importlib.import_module("transformers.utils.logging").disable_progress_bar()
    loaded: Any = AutoModelForCausalLM.from_pretrained(
        source.parent,
        gguf_file=source.name,
        quantization_config=GgufConfig(dequantize=True),
        dtype=torch.float32,
        local_files_only=True,
        output_loading_info=True,
    )
    model, found = loaded
    if found["missing_keys"]:
        # transformers fills them with random numbers and goes on.
        raise ValueError(f"the file lacks {len(found['missing_keys'])} of the weights")
    _forget_quantisation(model)
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name, local_files_only=True).save_pretrained(folder)
    _compare(model, folder / WEIGHTS)


def _forget_quantisation(model: "PreTrainedModel") -> None:
    """The numbers are plain ones now, but transformers refuses to save a model that it knows as quantised."""
    for holder, name in ((model, "hf_quantizer"), (model.config, "quantization_config")):
        if hasattr(holder, name):
            delattr(holder, name)


def _compare(model: "PreTrainedModel", written: Path) -> None:
    read = load_file(written)
    kept = model.state_dict()
    if not all(torch.equal(tensor, kept[name]) and tensor.isfinite().all() for name, tensor in read.items()):
        raise ValueError("what was written is not what was read")


if __name__ == "__main__":
    write_folder(Path(sys.argv[1]), Path(sys.argv[2]))
