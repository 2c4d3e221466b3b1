"""The child process that tries a chat template: `python -m tuneyard.base_models.template_trial`, template on stdin.

Exit status 0: a short conversation could be written with it. Else the last line of stderr says why not.
"""

import resource
import sys

from tuneyard.base_models.chat_writing import write

CPU_SECONDS = 2
MEMORY_BYTES = 512 * 2**20
LONGEST_TEXT = 64 * 2**10
SPECIAL_TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}
CONVERSATION = [
    {"role": "user", "content": "How are you?"},
    {"role": "assistant", "content": "I am well."},
    {"role": "user", "content": "Good."},
]


def main() -> int:
    """Try the template on stdin."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        text = write(sys.stdin.read(), CONVERSATION, ask=True, special_tokens=SPECIAL_TOKENS)
    # Whatever a stranger's template brings about is a reason not to take it.
    except Exception as error:
        print(f"{type(error).__name__}: {error}".splitlines()[0], file=sys.stderr)
        return 1
    if len(text) > LONGEST_TEXT or not all(message["content"] in text for message in CONVERSATION):
        print("it does not write down what was said", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
