"""The child process that tries a tokenizer: `python -m tuneyard.base_models.tokenizer_trial`, tokenizer.json on stdin.

Exit status 0: long texts of several kinds could be cut into tokens with it, and put together again. Else the last line
of stderr says why not.
"""

import resource
import sys
from collections.abc import Iterator

from tokenizers import Tokenizer

MEMORY_BYTES = 2 * 2**30
# The largest vocabularies have 262,000 tokens.
READING_SECONDS = 15
CPU_SECONDS = 2
LONG, SHORT = 4_000, 60
"""Characters: what goes back and forth exponentially is without end after some thirty."""
WORDS = "The quick brown fox, aged 7, jumps over 13 lazy dogs! "
REPEATED = ("a", " ", "\n", "7", "!", "é", "中", "a ", "a1", "aB", "a-", "x,", "\r\n", "\U0001f600", WORDS)
SIGNS = [chr(number) for number in range(32, 127)]
# What a pattern looks for behind the repeated: nothing, something rare, any sign; it gives up soon if that is nowhere.
ENDS = ("", "\N{SECTION SIGN}", f" {''.join(SIGNS)}")


def main() -> int:
    """Try the tokenizer on stdin."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    allow(READING_SECONDS)
    try:
        tokenizer = Tokenizer.from_str(sys.stdin.buffer.read().decode())
    # The library has no error of its own.
    except Exception as error:
        print(f"it is no tokenizer ({error})".splitlines()[0], file=sys.stderr)
        return 1
    tokenizer.no_truncation()
    tokenizer.no_padding()
    allow(CPU_SECONDS)
    try:
        for text in texts():
            tokenizer.decode(tokenizer.encode(text).ids)
    # Whatever a stranger's file brings about is a reason not to take it; what the library panics with is no Exception.
    except BaseException as error:
        print(f"it can't cut some text into tokens ({error})".splitlines()[0], file=sys.stderr)
        return 1
    return 0


def texts() -> Iterator[str]:
    """Few long ones, and a short one for each sign."""
    for repeated, length in [*((each, LONG) for each in REPEATED), *((each, SHORT) for each in SIGNS)]:
        yield from (repeated * (length // len(repeated)) + end for end in ENDS)


def allow(seconds: int) -> None:
    """So much processor time from now on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, most))


if __name__ == "__main__":
    sys.exit(main())
