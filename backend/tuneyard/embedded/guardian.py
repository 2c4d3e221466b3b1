"""Outlives its group by a moment: when the supervisor is killed, it ends what is still running.

The death signal of each part asks it to stop; the guardian also ends parts that do not listen, and their children.
"""

import sys
from pathlib import Path


def main() -> None:
    """Wait for the end of the supervisor, whose pipe is our stdin, then clean up after it."""
    data_dir, group_id = Path(sys.argv[1]), sys.argv[2]
    sys.stdin.buffer.read()
    # Only now: until then the guardian should weigh next to nothing.
    from tuneyard.embedded import leftovers, run_file

    state = run_file.read(data_dir)
    # After a stop in order the file is gone; another group's is not ours to end.
    if state is not None and state.group_id == group_id:
        leftovers.end(state)


if __name__ == "__main__":
    main()
