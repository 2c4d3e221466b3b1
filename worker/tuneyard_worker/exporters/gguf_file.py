"""A whole model as one GGUF file, for llama.cpp and what is built on it (ollama, LM Studio, Jan …)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import gguf
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open

from tuneyard_worker.exporters.gguf_shapes import NotConvertible, Shape, shape_of
from tuneyard_worker.exporters.gguf_tokens import tell_tokens

Precision = Literal["f16", "q8_0"]
Type = gguf.GGMLQuantizationType
TYPES: dict[Precision, tuple[Type, gguf.LlamaFileType]] = {
    "f16": (Type.F16, gguf.LlamaFileType.MOSTLY_F16),
    "q8_0": (Type.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0),
}
BYTES_PER_NUMBER = {"f16": 2.0, "q8_0": 34 / 32}
"""Of a matrix in the file."""
# So many numbers share a scale in Q8_0.
BLOCK = 32
LARGEST_F16 = 65504.0


def write_gguf(model: Path, target: Path, precision: Precision, name: str, stop_ids: Sequence[int]) -> None:
    """Write the model in the folder `model` to `target`; `stop_ids` are the tokens that end an answer.

    One tensor is in memory at a time. Raises NotConvertible if llama.cpp has nothing that would compute the same; then
    nothing is left behind.
    """
    from transformers import AutoConfig

    shape = shape_of(AutoConfig.from_pretrained(model, local_files_only=True))
    writer = gguf.GGUFWriter(path=None, arch=gguf.MODEL_ARCH_NAMES[shape.arch])
    kind, file_type = TYPES[precision]
    writer.add_name(name)
    writer.add_file_type(int(file_type))
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    shape.tell(writer)
    tell_tokens(writer, model, shape.config.vocab_size, stop_ids)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        _write_tensors(writer, model / "model.safetensors", target, shape, kind)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _write_tensors(writer: gguf.GGUFWriter, weights: Path, target: Path, shape: Shape, kind: Type) -> None:
    """First what is where, then the numbers one tensor after the other."""
    with safe_open(weights, framework="pt") as file:
        names = _names(list(file.keys()), shape)
        for name, new in names.items():
            size = list(file.get_slice(name).get_shape())
            _announce(writer, new, size, _type(new, size, kind))
        for new, numbers in shape.extras():
            _announce(writer, new, list(numbers.shape), Type.F32)
        writer.write_header_to_file(target)
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        for name, new in names.items():
            numbers = shape.changed(name, file.get_tensor(name).to(torch.float32).numpy())
            writer.write_tensor_data(_encoded(new, numbers, _type(new, numbers.shape, kind)))
    for _, numbers in shape.extras():
        writer.write_tensor_data(numbers)
    writer.close()


def _names(names: Sequence[str], shape: Shape) -> dict[str, str]:
    """The name of each tensor in the file, by its name in transformers."""
    known = gguf.get_tensor_name_map(shape.arch, shape.config.num_hidden_layers)
    found = {name: known.get_name(name, try_suffixes=(".weight", ".bias")) for name in names}
    for name, new in found.items():
        if new is None:
            raise NotConvertible(f"llama.cpp has no place for its tensor '{name}'")
    return {name: new for name, new in found.items() if new is not None}


def _type(name: str, size: Sequence[int], kind: Type) -> Type:
    """Norms and biases stay exact; rows that can't be cut into blocks are kept in 16 bits."""
    if len(size) < 2 or name.endswith("_norm.weight"):
        return Type.F32
    return Type.F16 if kind is Type.Q8_0 and size[-1] % BLOCK else kind


def _announce(writer: gguf.GGUFWriter, name: str, size: Sequence[int], kind: Type) -> None:
    block, block_bytes = gguf.GGML_QUANT_SIZES[kind]
    length = int(np.prod(size)) // block * block_bytes
    writer.add_tensor_info(name, size, np.dtype(np.float32), length, raw_dtype=kind)


def _encoded(name: str, numbers: NDArray[np.float32], kind: Type) -> NDArray[np.generic]:
    if kind is Type.F16 and np.abs(numbers).max(initial=0) > LARGEST_F16:
        raise NotConvertible(f"its tensor '{name}' holds numbers too large for 16 bits")
    return np.ascontiguousarray(gguf.quants.quantize(np.ascontiguousarray(numbers), kind))


def gguf_bytes(parameters: int, precision: Precision) -> int:
    """About how large the file becomes."""
    return int(parameters * BYTES_PER_NUMBER[precision]) + 16 * 2**20
