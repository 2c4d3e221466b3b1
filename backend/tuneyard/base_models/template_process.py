"""The child process that writes conversations while a model is served, as its template may be slow with some of them.

`python -m tuneyard.base_models.template_process`. The first line on stdin is the template, each other one a
conversation, all in JSON. On stdout `{}` says that it has begun, then a line tells of each conversation its `text`, or
the `error` that it has ended with. What takes too long ends the process.
"""

import json
import resource
import sys
from typing import Any

from tuneyard.base_models.chat_writing import write

MEMORY_BYTES = 512 * 2**20
CPU_SECONDS = 3
LONGEST_TEXT = 4 * 2**20


def main() -> None:
    """Until stdin ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    template = json.loads(sys.stdin.readline())
    print("{}", flush=True)
    for line in sys.stdin:
        _allow_some_time()
        print(json.dumps(_told(template, json.loads(line))), flush=True)


def _allow_some_time() -> None:
    """Who asked ends the process sooner; this is for one that has ended itself."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + CPU_SECONDS, most))


def _told(template: str, asked: dict[str, Any]) -> dict[str, str]:
    try:
        text = write(template, asked["messages"], ask=asked["ask"], special_tokens=asked["special_tokens"])
    except MemoryError:
        return {"error": "it takes too much memory"}
    # Whatever a stranger's template brings about is told to whoever asked.
    except Exception as error:
        return {"error": str(error) or type(error).__name__}
    return {"text": text} if len(text) <= LONGEST_TEXT else {"error": "it writes too much"}


if __name__ == "__main__":
    main()
