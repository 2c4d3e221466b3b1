"""What runs of a platform."""

from pathlib import Path

import psutil


def processes_of(folder: Path) -> list[psutil.Process]:
    """Every process that names the folder among its arguments or in its environment, or works in it."""
    return [process for process in psutil.process_iter() if str(folder) in _traces(process)]


def _traces(process: psutil.Process) -> str:
    try:
        return "\n".join([*process.cmdline(), *process.environ().values(), process.cwd()])
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return ""


def working_in(jobs: Path) -> list[psutil.Process]:
    """Every living process whose folder is one of a job."""
    return [process for process in psutil.process_iter() if folder_of(process).parent == jobs]


def folder_of(process: psutil.Process) -> Path:
    """Where it works; nowhere once it has ended."""
    try:
        return Path(process.cwd())
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return Path()
