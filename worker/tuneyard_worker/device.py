"""What the jobs of this machine compute on, found out without torch: the worker's own process stays small."""

import functools
import shutil
import subprocess

from tuneyard.specs.device import processors

ASK_SECONDS = 10


def device_name(threads: int) -> str:
    """As `cpu, 2 threads` or `NVIDIA A10`."""
    return graphics_card() or processors(threads).message


@functools.cache
def graphics_card() -> str | None:
    """Name of the first card that the driver knows; None without one."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return None
    try:
        told = subprocess.run(
            [tool, "--query-gpu=name", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            timeout=ASK_SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError):
        return None
    return told.stdout.strip().partition("\n")[0] or None
