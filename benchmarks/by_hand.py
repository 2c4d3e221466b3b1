"""The runner of a job started by hand, on the spec that the platform has written for it: no supervisor, no database.

`python by_hand.py DIRECTORY` runs the job in this process and prints how many checkpoints it has written, and how many
seconds that took.
"""

import json
import shutil
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from tuneyard.kit.config import Settings
from tuneyard_worker import runner
from tuneyard_worker.trainer_process import environment
from tuneyard_worker.trainers import text_classification
from tuneyard_worker.trainers.checkpoints import Checkpoints

NEVER = 1e9


def job_directory(spec: dict[str, Any], folder: Path, *, checkpoints: bool) -> Path:
    """A fresh job directory with the spec, which starts from nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "tmp").mkdir(parents=True)
    budget = spec["budget"] | ({} if checkpoints else {"checkpoint_seconds": NEVER})
    (folder / "spec.json").write_text(json.dumps(spec | {"earlier": None, "budget": budget}))
    return folder


def seconds(directory: Path, settings: Settings) -> float:
    """From the start of the process to its end, as a worker starts it."""
    started = time.monotonic()
    command = [sys.executable, "-P", "-m", "tuneyard_worker.runner", str(directory)]
    subprocess.run(command, cwd=directory, env=surroundings(directory, settings), check=True)
    return time.monotonic() - started


def writing(directory: Path, settings: Settings) -> tuple[int, float]:
    """How many checkpoints the job has written, and the seconds that took."""
    command = [sys.executable, "-P", __file__, str(directory)]
    env = surroundings(directory, settings)
    done = subprocess.run(command, cwd=directory, env=env, stdout=subprocess.PIPE, text=True, check=True)
    count, wrote = done.stdout.splitlines()[-1].split()
    return int(count), float(wrote)


def surroundings(directory: Path, settings: Settings) -> dict[str, str]:
    """Variables of a runner's process."""
    return environment(settings) | {"TMPDIR": str(directory / "tmp")}


def told(directory: Path) -> list[dict[str, Any]]:
    """The events that the runner has written."""
    return [json.loads(line) for line in (directory / "events.jsonl").read_text().splitlines()]


def last_step(events: list[dict[str, Any]]) -> int:
    """How far the training came."""
    return max(int(event["data"]["step"]) for event in events if event["type"] == "progress")


def training_seconds(events: list[dict[str, Any]]) -> float:
    """From the beginning of the training to that of the exam."""
    begun = {event["data"].get("phase"): event["at"] for event in events if event["type"] == "status"}
    training, exam = (datetime.fromisoformat(begun[phase]) for phase in ("training", "evaluating"))
    return (exam - training).total_seconds()


def main() -> None:
    """Run the job and read off what its checkpoints have counted."""
    kept: list[Checkpoints] = []
    trainer: Any = text_classification
    opened = trainer.open_checkpoints

    def keep(*arguments: Any) -> Checkpoints:
        kept.append(opened(*arguments))
        return kept[0]

    trainer.open_checkpoints = keep
    if runner.run(Path(sys.argv[1])) != 0:
        sys.exit("The job has failed.")
    print(f"{kept[0].written} {kept[0].seconds_writing:.3f}")


if __name__ == "__main__":
    main()
