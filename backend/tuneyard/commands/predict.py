"""`tuneyard predict`: ask a deployed model."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tuneyard.commands.client import ApiClient, connect
from tuneyard.commands.options import DataDir, load_settings
from tuneyard.specs.tasks import Task

SHOWN = 5


def run(
    name: Annotated[str, typer.Argument(help="Name of the deployment.")],
    texts: Annotated[list[str], typer.Argument(help="Texts to answer.")],
    data_dir: DataDir = None,
) -> None:
    """Ask a deployed model."""
    api = connect(load_settings(data_dir=data_dir).data_dir)
    console = Console(highlight=False)
    deployment = api.call("GET", f"/deployments/{name}")
    version = api.call("GET", f"/model-versions/{deployment['routes'][0]['model_version_id']}")
    if version["task"] == Task.TEXT_GENERATION:
        write(api, console, name, texts)
    else:
        classify(api, console, name, texts)


def classify(api: ApiClient, console: Console, name: str, texts: list[str]) -> None:
    """The likeliest classes of each text."""
    answer = api.call("POST", f"/deployments/{name}/predict", json={"inputs": texts})
    for text, prediction in zip(texts, answer["predictions"], strict=True):
        best = sorted(prediction["scores"].items(), key=lambda item: -item[1])[:SHOWN]
        table = Table(show_header=False, box=None)
        for label, score in best:
            table.add_row(label, f"{score:6.1%}", "█" * round(score * 30))
        console.print(f"[bold]{prediction['label']}[/]", style=None)
        console.print(text, style="dim", markup=False)
        console.print(table)


def write(api: ApiClient, console: Console, name: str, texts: list[str]) -> None:
    """What the model writes to each text."""
    for text in texts:
        body = {"model": name, "messages": [{"role": "user", "content": text}]}
        answer = api.send("POST", "/v1/chat/completions", json=body)
        console.print(text, style="dim", markup=False)
        console.print(answer["choices"][0]["message"]["content"], markup=False)
