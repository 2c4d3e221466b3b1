"""Chat templates of strangers: each is tried, in a process with little time and memory, before it is kept."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tuneyard.base_models.errors import RefusedBaseModel

FILE = "chat_template.jinja"
PROGRAM = "tuneyard.base_models.template_trial"
MAX_BYTES = 64 * 2**10
# An endless one is ended long before, by its limit on processor time; a good one may have to wait on a busy machine.
LONGEST_SECONDS = 30.0
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV", "LD_LIBRARY_PATH")


def find_template(folder: Path, tokenizer_config: dict[str, Any]) -> str | None:
    """The template in a file of its own or in tokenizer_config.json; of several the one that is called default."""
    if (folder / FILE).is_file():
        return (folder / FILE).read_text(encoding="utf-8", errors="replace")
    found = tokenizer_config.get("chat_template")
    if isinstance(found, list):
        named = {each.get("name"): each.get("template") for each in found if isinstance(each, dict)}
        found = named.get("default")
    return found if isinstance(found, str) else None


def check_template(template: str) -> None:
    """Raises RefusedBaseModel unless a short conversation can be written with it."""
    if len(template.encode()) > MAX_BYTES:
        raise RefusedBaseModel("Its chat template is too long.")
    try:
        tried = subprocess.run(
            [sys.executable, "-P", "-m", PROGRAM],
            input=template,
            env={name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ},
            capture_output=True,
            encoding="utf-8",
            timeout=LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RefusedBaseModel(f"Its chat template does not come to an end in {LONGEST_SECONDS:g} seconds.") from error
    if tried.returncode != 0:
        why = (tried.stderr.strip().splitlines() or ["it takes too much time or memory"])[-1]
        raise RefusedBaseModel(f"Its chat template can't be used: {why[:200].rstrip('.:')}.")
