"""`tuneyard predict`: ask a deployed model."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tuneyard.commands.client import connect
from tuneyard.commands.options import DataDir, load_settings

SHOWN = 5


def run(
    name: Annotated[str, typer.Argument(help="Name of the deployment.")],
    texts: Annotated[list[str], typer.Argument(help="Texts to answer.")],
    data_dir: DataDir = None,
) -> None:
    """Ask a deployed model."""
    api = connect(load_settings(data_dir=data_dir).data_dir)
    answer = api.call("POST", f"/deployments/{name}/predict", json={"inputs": texts})
    console = Console(highlight=False)
    for text, prediction in zip(texts, answer["predictions"], strict=True):
        best = sorted(prediction["scores"].items(), key=lambda item: -item[1])[:SHOWN]
        table = Table(show_header=False, box=None)
        for label, score in best:
            table.add_row(label, f"{score:6.1%}", "█" * round(score * 30))
        console.print(f"[bold]{prediction['label']}[/]", style=None)
        console.print(text, style="dim", markup=False)
        console.print(table)
