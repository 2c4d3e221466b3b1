"""Memory of a running platform's processes; what several share counts once."""

import json
from pathlib import Path

import psutil


def by_part(folder: Path) -> dict[str, int]:
    """Bytes (proportional set size) by part, the supervisor and the servers included."""
    state = json.loads((folder / "run.json").read_text())
    sizes = {"up": psutil.Process(state["supervisor"]["pid"]).memory_full_info().pss}
    for part in state["parts"]:
        process = psutil.Process(part["pid"])
        members = [process, *process.children(recursive=True)]
        sizes[part["name"]] = sum(member.memory_full_info().pss for member in members)
    return sizes
