"""`tuneyard up`: the whole platform on one machine."""

import os
from pathlib import Path
from typing import Annotated

import typer

from tuneyard.commands.options import DataDir, load_settings
from tuneyard.embedded import data_directory, detached, group_log, lock, plan, ports, secrets
from tuneyard.embedded.account import Account, account_for
from tuneyard.embedded.errors import AlreadyRunning
from tuneyard.embedded.group import Group
from tuneyard.kit.config import Settings, default_data_dir


def run(
    data_dir: DataDir = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port of the web server; 0 takes a free one.")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address the web server listens on.")] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Return once it is ready, and run on.")] = False,
) -> None:
    """Start everything on this machine, and print the address when it is ready."""
    settings = load_settings(data_dir=data_dir, port=port, host=host)
    account = account_for(settings)
    folder = data_directory.prepare(settings.data_dir, account)
    typer.echo(f"Starting Tuneyard in {folder} …")
    if detach:
        if lock.is_held(folder):
            raise AlreadyRunning(f"Tuneyard already runs on {folder}.", hint="`tuneyard status` shows it.")
        arguments = ["--data-dir", str(folder), "--port", str(settings.port), "--host", settings.host]
        first_start = not (folder / secrets.FILE_NAME).exists()
        state = detached.start(folder, arguments)
        _announce(state.address, folder, first_start=first_start, detached=True)
    else:
        _run_here(settings, folder, account)


def _run_here(settings: Settings, folder: Path, account: Account | None) -> None:
    # Uploads and models are nobody else's business on this machine.
    os.umask(0o077)
    with lock.hold(folder), group_log.opened(folder) as log:
        if settings.database_url or settings.redis_url:
            # Imported here: its clients take memory that the supervisor otherwise does not need.
            from tuneyard.embedded import external

            external.check(settings)
        made = plan.build(settings, folder, ports.choose(settings.host, settings.port), account)
        Group(made, log).run(lambda: _announce(made.address, folder, first_start=made.first_start, detached=False))
    typer.echo("Tuneyard has stopped.")


def _announce(address: str, folder: Path, *, first_start: bool, detached: bool) -> None:
    typer.echo(f"Tuneyard is ready: {address}")
    option = "" if folder == default_data_dir().resolve() else f" --data-dir {folder}"
    if first_start:
        typer.echo(f"First time here? Open the address and make your account, or type: tuneyard tune FILE.csv{option}")
    typer.echo(f"Stop it with: tuneyard down{option}" if detached else "Stop it with Ctrl-C.")
