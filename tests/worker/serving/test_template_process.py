"""Chat templates that are quick with a short conversation, and slow or huge with another."""

import gc
import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from jinja2 import TemplateError

from tuneyard.base_models.chat_template import check_template
from tuneyard_worker.serving.writing.template_process import TemplateProcess

SAID = "{% for m in messages %}{{ m.content }}{% endfor %}"
NESTED = "".join(f"{{% for m{level} in messages %}}" for level in range(6)) + 6 * "{% endfor %}"
TREE = (
    "{% macro tree(depth) %}{% if depth %}{{ tree(depth - 1) }}{{ tree(depth - 1) }}{% endif %}{% endmacro %}"
    "{{ tree(messages | length) }}"
)
DOUBLED = "{% set n = namespace(s='x') %}{% for m in messages %}{% set n.s = n.s ~ n.s %}{% endfor %}"
LARGE = "{{ 'x' * (messages | length ** 3 * 100) }}"
SLOW = "does not come to an end in 2 seconds"
SPECIAL_TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}


def talk(count: int) -> list[dict[str, str]]:
    return [{"role": "user", "content": f"{number} "} for number in range(count)]


def write(process: TemplateProcess, messages: Sequence[dict[str, str]]) -> str:
    return process.write(messages, ask=True, special_tokens=SPECIAL_TOKENS)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (NESTED, SLOW),
        (TREE, SLOW),
        # On a busy machine these are slow before they are large.
        (DOUBLED, f"takes too much memory|{SLOW}"),
        (LARGE, f"writes too much|{SLOW}"),
    ],
    ids=["nested", "tree", "doubled", "large"],
)
def test_a_template_that_passes_the_import_is_held_to_limits_with_every_conversation(harm: str, words: str) -> None:
    check_template(SAID + harm)
    process = TemplateProcess(SAID + harm)
    assert write(process, talk(2)).startswith("0 1 ")
    begun = time.monotonic()
    with pytest.raises(TemplateError, match=words):
        write(process, talk(60))
    assert time.monotonic() - begun < 8
    # The next one is not worse off.
    assert write(process, talk(2)).startswith("0 1 ")


def test_the_process_knows_nothing_and_ends_with_who_uses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNEYARD_SECRET", "secret")
    process = TemplateProcess(SAID)
    write(process, talk(1))
    running = process._process
    assert running is not None
    assert b"TUNEYARD" not in Path(f"/proc/{running.pid}/environ").read_bytes()
    del process
    gc.collect()
    assert running.returncode is not None


def test_a_process_that_was_ended_is_started_again() -> None:
    process = TemplateProcess(SAID)
    write(process, talk(1))
    assert process._process is not None
    os.kill(process._process.pid, 9)
    process._process.wait()
    assert write(process, talk(2)) == "0 1 "
