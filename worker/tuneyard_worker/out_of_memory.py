"""Telling a lack of memory from other ends of a process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tuneyard.specs.events import JobError

# How torch and ONNX Runtime say on the processor that there is no memory; neither has an error of its own for it.
ALLOCATION_FAILED = ("can't allocate memory", "Failed to allocate memory", "std::bad_alloc")
VMSTAT = Path("/proc/vmstat")


def kernel_kills() -> int:
    """How many processes the kernel has killed for want of memory, of the machine or of a container; 0 if unknown."""
    try:
        lines = VMSTAT.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)


@contextmanager
def naming_lack_of_memory() -> Iterator[None]:
    """Raises MemoryError where a library says in words of its own that there is none."""
    try:
        yield
    except Exception as error:
        if any(words in str(error) for words in ALLOCATION_FAILED):
            raise MemoryError from error
        raise


def out_of_memory() -> JobError:
    return JobError(
        code="out_of_memory",
        message="The job needed more memory than it may use.",
        hint="Use a smaller file, a smaller base model or a smaller batch size.",
        users=False,
    )
