"""A model folder of `transformers` as a graph for serving.

`python -m tuneyard_worker.exporters.decoder_folder FROM TO`: a process of its own makes it, because it takes memory
that the serving process would not give back.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

from tuneyard_worker.exporters.decoder_files import FACTS, GRAPH
from tuneyard_worker.exporters.decoder_graph import DecoderGraph
from tuneyard_worker.exporters.decoder_shape import UnknownDecoder, shape_of
from tuneyard_worker.exporters.graph_builder import Array, GraphBuilder, WeightsFile

LONGEST = 8192
"""Positions that are prepared at most: the tables of the turns take memory."""
UNKNOWN = 3
"""Exit status for a kind of model that nothing here can serve; the last line of stderr says why."""
KINDS: dict[str, Any] = {"F32": np.float32, "F16": np.float16, "BF16": ml_dtypes.bfloat16}
HEADER_LENGTH = 8


@dataclass(frozen=True)
class Tensors:
    """A safetensors file, of which one tensor at a time is read."""

    path: Path
    entries: dict[str, Any]
    start: int

    @classmethod
    def open(cls, path: Path) -> "Tensors":
        """Read the header."""
        with path.open("rb") as stream:
            length = int.from_bytes(stream.read(HEADER_LENGTH), "little")
            entries = json.loads(stream.read(length))
        return cls(path, entries, HEADER_LENGTH + length)

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def __getitem__(self, name: str) -> Array:
        """As float32. Raises UnknownDecoder for a tensor that is not there or of another type."""
        entry = self.entries.get(name)
        if entry is None or entry["dtype"] not in KINDS:
            raise UnknownDecoder(f"weights without a usable '{name}'")
        begin, end = entry["data_offsets"]
        kind = np.dtype(KINDS[entry["dtype"]])
        found = np.fromfile(self.path, kind, (end - begin) // kind.itemsize, offset=self.start + begin)
        return found.reshape(entry["shape"]).astype(np.float32)


def write_decoder(source: Path, target: Path, longest: int = LONGEST) -> None:
    """Write `decoder.onnx` with its weights and, last, `decoder.json`. Raises UnknownDecoder."""
    shape = shape_of(json.loads((source / "config.json").read_text(encoding="utf-8")))
    weights = Tensors.open(source / "model.safetensors")
    positions = min(shape.longest, longest)
    target.mkdir(parents=True, exist_ok=True)
    beside = WeightsFile(target / f"{GRAPH}.data")
    decoder = DecoderGraph(shape, GraphBuilder(beside))
    beside.write(decoder.tensors(weights, positions))
    decoder.add()
    decoder.graph.write(target / GRAPH, decoder.inputs(), decoder.outputs())
    facts = {
        "layers": shape.layers,
        "kv_heads": shape.kv_heads,
        "head_size": shape.head_size,
        "vocabulary": shape.vocabulary,
        "positions": positions,
        "linears": {linear.name: [linear.inputs, linear.outputs] for linear in decoder.linears},
    }
    (target / FACTS).write_text(json.dumps(facts), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Write the graph of one folder into another."""
    source, target = map(Path, arguments)
    try:
        write_decoder(source, target)
    except UnknownDecoder as error:
        print(error, file=sys.stderr)
        return UNKNOWN
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
