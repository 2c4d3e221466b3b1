"""Chat templates of strangers: each is tried, in a process with little time and memory, before it is kept."""

from pathlib import Path
from typing import Any

from tuneyard.base_models import trials
from tuneyard.base_models.errors import RefusedBaseModel

FILE = "chat_template.jinja"
PROGRAM = "tuneyard.base_models.template_trial"
MAX_BYTES = 64 * 2**10


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
    trials.check("Its chat template", PROGRAM, template.encode())
