"""`tuneyard tune` where writing is learnt: which columns, how good it is, and a line to chat with it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from tuneyard.commands.client import ApiClient, Refused
from tuneyard.specs.tasks import FORMS, Role, Task, closest_form, roles_of

EXAMPLE_CHARACTERS = 200
OF_EVERY_FORM = {Role.SYSTEM, Role.SPLIT}
# What is asked where a row holds no plain question.
GREETING = "Hello"


def columns(version: Any, given: Mapping[Role, Sequence[str]]) -> dict[str, Any]:
    """The columns given, or else those suggested. Raises Refused."""
    enough = any(given.keys() >= set(form.needs) for form in FORMS[Task.TEXT_GENERATION])
    # What is suggested may be for rows of another form: it would learn something else, or nothing.
    known = OF_EVERY_FORM if enough else roles_of(Task.TEXT_GENERATION)
    found = {role: name for role, name in version["suggested_columns"].items() if role in known}
    found |= {role.value: names[0] if len(names) == 1 else list(names) for role, names in given.items()}
    roles = [Role(role) for role in found]
    if not any(form.fits(roles) for form in FORMS[Task.TEXT_GENERATION]):
        missing = sorted(set(closest_form(Task.TEXT_GENERATION, roles).needs) - set(roles))
        names = ", ".join(column["name"] for column in version["columns"])
        raise Refused(
            f"No column was recognised as {' or '.join(missing) or 'question and answer'}.",
            hint=f"Name them with --prompt and --completion; there are: {names}.",
        )
    return found


def plan(console: Console, columns: Mapping[str, Any]) -> None:
    """What it reads and writes."""
    if "completion" in columns:
        asked = columns.get("prompt") or columns["messages"]
        read = asked if isinstance(asked, str) else " + ".join(asked)
        other = f" rather than [bold]{columns['rejected']}[/]" if "rejected" in columns else ""
        console.print(f"Reads [bold]{read}[/] → writes [bold]{columns['completion']}[/]{other}")
    else:
        console.print(f"Learns the answers in [bold]{columns.get('messages') or columns['content']}[/]")


def report(console: Console, evaluation: Any) -> None:
    """The measures beside those of the baselines."""
    table = Table("", "perplexity", "chrF", "ROUGE-L", "word for word")
    table.add_row("this model", *_measures(evaluation))
    for baseline in evaluation["baselines"]:
        table.add_row(baseline["name"], *_measures(baseline))
    console.print(table)


def curl(api: ApiClient, name: str, columns: Mapping[str, Any], row: Mapping[str, str | None]) -> str:
    """A line that asks the deployment the question of a row of the file."""
    names = columns.get("prompt", [])
    text = "\n\n".join(row[each] or "" for each in ([names] if isinstance(names, str) else names))
    asked = " ".join(text.split())[:EXAMPLE_CHARACTERS] or GREETING
    body = {"model": name, "messages": [{"role": "user", "content": asked}]}
    return api.curl("/v1/chat/completions", json.dumps(body, ensure_ascii=False))


def _measures(of: Any) -> list[str]:
    likelihood, answers = of["likelihood"], of["answers"]
    return [
        f"{likelihood['perplexity']['value']:.2f}" if likelihood else "",
        f"{answers['chrf']['value']:.1f}",
        f"{answers['rouge_l']['value']:.2f}",
        f"{answers['exact_match']['value']:.0%}",
    ]
