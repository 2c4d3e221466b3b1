"""Log files of the parts: one each in data_dir/logs, kept small when a part starts."""

from pathlib import Path

LARGEST_BYTES = 10 * 2**20
TAIL_BYTES = 8192


def rotate(log: Path) -> None:
    """Move a log that has grown large aside, over the one before it."""
    if log.exists() and log.stat().st_size > LARGEST_BYTES:
        log.rename(log.with_suffix(".log.1"))


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log with its name, for people who look for a cause."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL_BYTES))
        last = file.read().decode(errors="replace").splitlines()[-lines:]
    return "\n".join([f"The last lines of {log}:", *(f"  {line}" for line in last)])
