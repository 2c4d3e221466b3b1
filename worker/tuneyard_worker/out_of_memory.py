"""Telling a lack of memory from other ends of a process."""

from pathlib import Path

from tuneyard.specs.events import JobError

VMSTAT = Path("/proc/vmstat")


def kernel_kills() -> int:
    """How many processes the kernel has killed for want of memory, of the machine or of a container; 0 if unknown."""
    try:
        lines = VMSTAT.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)


def out_of_memory() -> JobError:
    return JobError(
        code="out_of_memory",
        message="The job needed more memory than it may use.",
        hint="Use a smaller file, a smaller base model or a smaller batch size.",
        users=False,
    )
