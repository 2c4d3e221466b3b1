"""What strangers wrote is tried, in a process with little time and memory, before it is kept."""

import os
import subprocess
import sys

from tuneyard.base_models.errors import RefusedBaseModel

# An endless one is ended long before, by its limit on processor time; a good one may have to wait on a busy machine.
LONGEST_SECONDS = 30.0
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
# Each thread would have memory and processor time of its own.
ONE_THREAD = {"RAYON_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}


def check(what: str, program: str, given: bytes) -> None:
    """Raises RefusedBaseModel unless `python -m program` takes what is given on its stdin.

    Its last line on stderr says why it does not; if there is none, a limit has ended it.
    """
    try:
        tried = subprocess.run(
            [sys.executable, "-P", "-m", program],
            input=given,
            env={name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ} | ONE_THREAD,
            capture_output=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RefusedBaseModel(f"{what} does not come to an end in {LONGEST_SECONDS:g} seconds.") from error
    if tried.returncode != 0:
        said = tried.stderr.decode(errors="replace").strip().splitlines()
        why = said[-1] if tried.returncode > 0 and said else "it takes too much time or memory"
        raise RefusedBaseModel(f"{what} can't be used: {why[:200].rstrip('.:')}.")
