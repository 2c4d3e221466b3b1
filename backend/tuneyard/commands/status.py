"""`tuneyard status`: what runs, whether it is ready, and the memory it takes."""

import psutil
import typer
from rich.console import Console
from rich.table import Table

from tuneyard.commands.options import DataDir, load_settings
from tuneyard.embedded import readiness, running
from tuneyard.embedded.readiness import Readiness
from tuneyard.embedded.run_file import RunState

NOT_RUNNING = 3


def run(data_dir: DataDir = None) -> None:
    """Show the parts with their memory. Exits with 0 if all are ready, 1 if not, 3 if nothing runs."""
    folder = load_settings(data_dir=data_dir).data_dir
    state = running.find(folder)
    if state is None:
        typer.echo(f"Nothing runs on {folder}.")
        raise typer.Exit(NOT_RUNNING)
    answer = readiness.ask(state.api_url)
    console = Console()
    console.print(f"{state.address}  ({folder})", highlight=False)
    console.print(_processes(state), _readiness(answer))
    if not answer.ready:
        console.print(f"Not ready: {answer.missing}.", highlight=False)
        raise typer.Exit(1)


def _processes(state: RunState) -> Table:
    table = Table("process", "pid", "memory")
    total = 0
    for name, found in [("up", state.supervisor.find()), *((part.name, part.find()) for part in state.parts)]:
        # The supervisor's children have lines of their own.
        size = _memory(found, with_children=name != "up") if found else 0
        total += size
        table.add_row(name, str(found.pid) if found else "not running", _megabytes(size))
    table.add_section()
    table.add_row("all", "", _megabytes(total))
    return table


def _readiness(answer: Readiness) -> Table:
    table = Table("part", "state")
    for name, part in answer.parts.items():
        table.add_row(name, "ready" if part.ready else part.detail or "not ready")
    return table


def _memory(process: psutil.Process, *, with_children: bool) -> int:
    """Bytes of a process, with those it started; memory that several share counts once."""
    total = 0
    for member in [process, *(process.children(recursive=True) if with_children else [])]:
        try:
            full = member.memory_full_info()
            total += getattr(full, "pss", full.rss)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.0f} MB" if size else ""
