"""The safetensors format, without loading a tensor: what a file holds, and joining several into one.

Format: 8 bytes little-endian length, a JSON header, then the tensors at the offsets the header names
(github.com/huggingface/safetensors, "Format").
"""

import json
import math
import shutil
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter

from tuneyard.base_models.errors import RefusedBaseModel
from tuneyard.specs.base import Spec

MAX_HEADER_BYTES = 32 * 2**20
LENGTH = struct.Struct("<Q")
CHUNK_BYTES = 16 * 2**20
NUMBER_BYTES = {
    **dict.fromkeys(("BOOL", "F8_E4M3", "F8_E5M2", "I8", "U8"), 1),
    **dict.fromkeys(("BF16", "F16", "I16", "U16"), 2),
    **dict.fromkeys(("F32", "I32", "U32"), 4),
    **dict.fromkeys(("F64", "I64", "U64"), 8),
}


class Tensor(Spec):
    """One entry of a header."""

    dtype: str
    shape: list[int]
    data_offsets: tuple[int, int]


_HEADER: TypeAdapter[dict[str, Tensor]] = TypeAdapter(dict[str, Tensor])


def read_header(path: Path) -> tuple[dict[str, Tensor], int]:
    """The tensors of a file by name, checked against its size, and where their data begins. Raises RefusedBaseModel."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        (length,) = LENGTH.unpack(stream.read(LENGTH.size).ljust(LENGTH.size, b"\0"))
        if length == 0 or length > min(MAX_HEADER_BYTES, size - LENGTH.size):
            raise RefusedBaseModel(f"{path.name} is not a safetensors file.")
        raw = stream.read(length)
    try:
        header = json.loads(raw)
        header.pop("__metadata__", None)
        tensors = _HEADER.validate_python(header)
    except (ValueError, AttributeError, RecursionError) as error:
        raise RefusedBaseModel(f"{path.name} is not a safetensors file.") from error
    begin = LENGTH.size + length
    for name, tensor in tensors.items():
        start, end = tensor.data_offsets
        if not 0 <= start <= end <= size - begin or any(extent < 0 for extent in tensor.shape):
            raise RefusedBaseModel(f"{path.name}: the tensor '{name[:100]}' lies outside of the file.")
        if end - start != math.prod(tensor.shape) * NUMBER_BYTES.get(tensor.dtype, 0):
            raise RefusedBaseModel(f"{path.name}: the tensor '{name[:100]}' has another size than its shape says.")
    return tensors, begin


def join(parts: Sequence[Path], target: Path) -> None:
    """Write the tensors of several files into one, and remove these. Raises RefusedBaseModel."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    data, total = [], 0
    for path in parts:
        tensors, begin = read_header(path)
        for name, tensor in tensors.items():
            if name in header:
                raise RefusedBaseModel(f"The tensor '{name[:100]}' is in two files.")
            start, end = tensor.data_offsets
            header[name] = {"dtype": tensor.dtype, "shape": tensor.shape, "data_offsets": [start + total, end + total]}
        data.append((path, begin))
        total += path.stat().st_size - begin
    with target.open("xb") as joined:
        _write_header(joined, header)
        for path, begin in data:
            with path.open("rb") as stream:
                stream.seek(begin)
                shutil.copyfileobj(stream, joined, CHUNK_BYTES)
            path.unlink()


def select(source: Path, names: Mapping[str, str], target: Path) -> None:
    """Write the tensors of `names` to a new file, each by its new name. Raises RefusedBaseModel."""
    tensors, begin = read_header(source)
    chosen = sorted(names, key=lambda name: tensors[name].data_offsets)
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    total = 0
    for name in chosen:
        start, end = tensors[name].data_offsets
        tensor = tensors[name]
        header[names[name]] = {
            "dtype": tensor.dtype,
            "shape": tensor.shape,
            "data_offsets": [total, total + end - start],
        }
        total += end - start
    with source.open("rb") as stream, target.open("xb") as kept:
        _write_header(kept, header)
        for name in chosen:
            start, end = tensors[name].data_offsets
            stream.seek(begin + start)
            _copy(stream, kept, end - start)


def _write_header(stream: BinaryIO, header: Mapping[str, object]) -> None:
    raw = json.dumps(header).encode()
    # Data begins at a multiple of 8, so that it can be mapped into memory.
    raw = raw.ljust(-(-len(raw) // 8) * 8)
    stream.write(LENGTH.pack(len(raw)) + raw)


def _copy(source: BinaryIO, target: BinaryIO, size: int) -> None:
    while size:
        piece = source.read(min(size, CHUNK_BYTES))
        target.write(piece)
        size -= len(piece)
