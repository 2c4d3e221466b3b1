"""docs/api.md, run from top to bottom as somebody would who pastes it."""

import json
import re
import shutil
import subprocess
import time
from typing import Any

import pytest
from stack import ROOT, Stack

GUIDE = ROOT / "docs" / "api.md"
KEPT = re.compile(r"Keep its `(\w+)` as `\$(\w+)`")
AWAITED = re.compile(r"until its `status` is `(\w+)`")
SECONDS = 240

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def steps() -> list[tuple[str, str]]:
    """Each block of commands with the words since the one before."""
    parts = re.split(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL)
    return list(zip(parts[::2], parts[1::2], strict=False))


def run(commands: str, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Curl says by its exit code whether an answer was an error; the first one ends the block."""
    strict = 'curl() { command curl --fail-with-body "$@"; }\n' + commands
    return subprocess.run(
        ["bash", "-ec", strict], env=variables, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False
    )


def test_the_guide_works_from_top_to_bottom(stack: Stack) -> None:
    variables = {"URL": stack.url, "KEY": stack.key, "PATH": "/usr/bin:/bin", "no_proxy": "*"}
    refused: list[Any] = []
    for words, commands in steps():
        result = run(commands, variables)
        awaited = AWAITED.search(words)
        deadline = time.monotonic() + SECONDS
        while awaited and json.loads(result.stdout)["status"] != awaited[1]:
            assert time.monotonic() < deadline, result.stdout
            time.sleep(0.5)
            result = run(commands, variables)
        if result.returncode:
            refused.append(json.loads(result.stdout))
        kept = KEPT.search(words)
        if kept:
            variables[kept[2]] = json.loads(result.stdout)[kept[1]]
    shown = re.search(r"```json\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert shown
    assert refused == [json.loads(shown[1])]
    assert set(variables) >= {"DATASET", "JOB", "VERSION", "MODEL", "BATCH"}
