"""Memory of a running platform's processes; what several share counts once."""

import json
import threading
from pathlib import Path
from types import TracebackType

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


class Peaks:
    """The most memory that the api and a job's process have used within the `with` block, looked at often."""

    LOOK_SECONDS = 0.1

    def __init__(self, folder: Path) -> None:
        self.api = self.runner = 0
        self._folder = folder
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Peaks":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(self.LOOK_SECONDS):
            self.api = max(self.api, by_part(self._folder)["api"])
            for process in psutil.process_iter(["cwd", "memory_info"]):
                if (process.info["cwd"] or "").startswith(f"{self._folder}/jobs/"):
                    self.runner = max(self.runner, process.info["memory_info"].rss)
