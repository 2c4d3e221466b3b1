"""`tuneyard models`: the base models of this machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn
from rich.table import Column, Table

from tuneyard.base_models import service, sources
from tuneyard.commands.options import DataDir, load_settings
from tuneyard.embedded import data_directory
from tuneyard.embedded.account import account_for
from tuneyard.kit.storage import open_store

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Fetch base models.")


@app.command("list")
def list_models(data_dir: DataDir = None) -> None:
    """Show the base models, and which of them are here."""
    store = open_store(load_settings(data_dir=data_dir))
    table = Table(
        *(Column(heading, no_wrap=True) for heading in ("id", "here", "size", "languages", "licence")), "about"
    )
    for listed in service.listing(store):
        entry = listed.entry
        size = f"{entry.bytes / 10**6:.0f} MB"
        here = "yes" if listed.installed else "no"
        table.add_row(entry.id, here, size, ", ".join(entry.languages), entry.licence, entry.description)
    Console().print(table)


@app.command("pull")
def pull(
    base_model_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Which one; the default base model if not given.")
    ] = None,
    origin: Annotated[
        str | None,
        typer.Option("--from", help="A folder, or hub:OWNER/NAME[@REVISION], instead of the catalogue's source."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Fetch a base model, check it and keep it in the store. Does nothing if it is there."""
    # Uploads and models are nobody else's business on this machine.
    os.umask(0o077)
    settings = load_settings(data_dir=data_dir)
    data_directory.prepare(settings.data_dir, account_for(settings))
    store = open_store(settings)
    with _progress() as progress:
        manifest, place = service.pull(store, base_model_id, origin, progress)
    entry = manifest.entry
    typer.echo(f"{entry.name} ({entry.bytes / 10**6:.0f} MB, {entry.licence}) is in {place}")


@contextmanager
def _progress() -> Iterator[sources.Progress]:
    """A bar for each file on a terminal, a line for each elsewhere."""
    console = Console(stderr=True)
    lines: dict[str, TaskID] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:

        def show(name: str, came: int, total: int | None) -> None:
            if name not in lines:
                lines[name] = bars.add_task(name, total=total)
                if not console.is_terminal:
                    typer.echo(f"Fetching {name} …", err=True)
            bars.update(lines[name], completed=came, total=total)

        yield show
