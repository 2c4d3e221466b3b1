"""The child process that tries a chat template: `python -m tuneyard.base_models.template_trial`, template on stdin.

Exit status 0: a short conversation could be written with it. Else the last line of stderr says why not.
"""

import json
import re
import resource
import sys
from typing import Any, NoReturn

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

CPU_SECONDS = 2
MEMORY_BYTES = 512 * 2**20
LONGEST_TEXT = 64 * 2**10
# Only tells which part the model is to learn; `transformers` knows it, plain Jinja does not.
LEARNED = re.compile(r"\{%-?\s*(end)?generation\s*-?%\}")
CONVERSATION = [
    {"role": "user", "content": "How are you?"},
    {"role": "assistant", "content": "I am well."},
    {"role": "user", "content": "Good."},
]


def write(template: str, messages: list[dict[str, str]]) -> str:
    """The conversation as `transformers` writes it. Raises TemplateError."""
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.filters["tojson"] = _to_json
    environment.globals |= {"raise_exception": _refuse, "strftime_now": lambda _: "1 Jan 2026"}
    compiled = environment.from_string(LEARNED.sub("", template))
    return compiled.render(messages=messages, add_generation_prompt=True, bos_token="<s>", eos_token="</s>")  # noqa: S106


def main() -> int:
    """Try the template on stdin."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        text = write(sys.stdin.read(), CONVERSATION)
    # Whatever a stranger's template brings about is a reason not to take it.
    except Exception as error:
        print(f"{type(error).__name__}: {error}".splitlines()[0], file=sys.stderr)
        return 1
    if len(text) > LONGEST_TEXT or not all(message["content"] in text for message in CONVERSATION):
        print("it does not write down what was said", file=sys.stderr)
        return 1
    return 0


def _refuse(message: str) -> NoReturn:
    raise TemplateError(message)


def _to_json(value: Any, indent: int | None = None, **_: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


if __name__ == "__main__":
    sys.exit(main())
