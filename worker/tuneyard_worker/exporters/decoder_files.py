"""The files of a decoder's graph, and where graphs are kept."""

from pathlib import Path

GRAPH, FACTS = "decoder.onnx", "decoder.json"
"""The facts are written last."""
# Goes up when the graph changes, so that those of an older program are not used.
FORM = 1


def graph_place(folder: Path, sha256: str) -> Path:
    """Where below the folder of all graphs that of such weights is, or would be."""
    return folder / f"{sha256}-{FORM}"


def made_graph(folder: Path, sha256: str) -> Path | None:
    """The graph of such weights, if there is one."""
    place = graph_place(folder, sha256)
    return place if (place / FACTS).is_file() else None
