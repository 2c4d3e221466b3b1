"""`tuneyard tune` where a class is learnt: which columns, how good it is, and a line to try it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from tuneyard.commands.client import ApiClient, Refused
from tuneyard.specs.tasks import Role, Task, roles_of

EXAMPLE_CHARACTERS = 200


def columns(version: Any, given: Mapping[Role, Sequence[str]]) -> dict[str, Any]:
    """The columns given, or else those suggested. Raises Refused."""
    known = roles_of(Task.TEXT_CLASSIFICATION)
    found = {role: name for role, name in version["suggested_columns"].items() if role in known}
    found |= {role.value: names[0] if len(names) == 1 else list(names) for role, names in given.items()}
    missing = [role for role in ("text", "label") if role not in found]
    if missing:
        names = ", ".join(column["name"] for column in version["columns"])
        raise Refused(
            f"No column was recognised as {' or '.join(missing)}.",
            hint=f"Name it with --text or --label; there are: {names}.",
        )
    return found


def plan(console: Console, columns: Mapping[str, Any]) -> None:
    """What it reads and answers."""
    read = columns["text"] if isinstance(columns["text"], str) else " + ".join(columns["text"])
    console.print(f"Reads [bold]{read}[/] → answers [bold]{columns['label']}[/]")


def report(console: Console, evaluation: Any) -> None:
    """The metrics beside those of the baselines."""
    table = Table("", "right", "macro F1", "the model is")
    accuracy = evaluation["accuracy"]
    spread = (accuracy["high"] - accuracy["low"]) / 2
    table.add_row("this model", f"{accuracy['value']:.1%} ± {spread:.1%}", f"{evaluation['macro']['f1']:.1%}", "")
    for baseline in evaluation["baselines"]:
        better = f"{baseline['difference']['value'] * 100:+.1f} points"
        table.add_row(baseline["name"], f"{baseline['accuracy']['value']:.1%}", f"{baseline['macro_f1']:.1%}", better)
    console.print(table)


def curl(api: ApiClient, name: str, columns: Mapping[str, Any], row: Mapping[str, str | None]) -> str:
    """A line that asks the deployment about a row of the file."""
    names = [columns["text"]] if isinstance(columns["text"], str) else columns["text"]
    text = " ".join("\n\n".join(row[name] or "" for name in names).split())[:EXAMPLE_CHARACTERS]
    return api.curl(f"/api/v1/deployments/{name}/predict", json.dumps({"inputs": [text]}, ensure_ascii=False))
