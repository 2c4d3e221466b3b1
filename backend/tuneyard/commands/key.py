"""`tuneyard key`: API keys, made on the machine of the server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from tuneyard.auth import keys, service
from tuneyard.auth.models import ApiKey, Scope, Workspace
from tuneyard.commands.options import DataDir, load_settings
from tuneyard.embedded import running, secrets
from tuneyard.kit import clock
from tuneyard.kit.config import Settings
from tuneyard.kit.db import Database
from tuneyard.kit.errors import TuneyardError

DEFAULT_WORKSPACE = "default"

app = typer.Typer(no_args_is_help=True)


class UnknownServer(TuneyardError):
    """It is not known which database to use, or which secret the keys of it are made with."""

    code = "unknown_server"


class SeveralWorkspaces(TuneyardError):
    """It is not known which workspace is meant."""

    code = "several_workspaces"
    hint = "Name one with --workspace."


@app.callback()
def key() -> None:
    """Make, list and revoke API keys. A key that is lost can't be shown again: revoke it and make a new one."""


@app.command()
def create(
    data_dir: DataDir = None,
    workspace: Annotated[
        str | None, typer.Option("--workspace", help="Name of the workspace; it is made if there is none.")
    ] = None,
    name: Annotated[str, typer.Option(help="What the key is for.")] = "command line",
) -> None:
    """Print a new key that may do everything in its workspace, and nothing else."""
    typer.echo(create_key(server_settings(data_dir), workspace, name))


@app.command("list")
def list_keys(data_dir: DataDir = None) -> None:
    """Show the keys of every workspace."""
    table = Table("id", "name", "workspace", "may", "last used", "state")
    with system_session(server_settings(data_dir)) as session:
        for found, workspace in keys.everywhere(session):
            used = f"{found.last_used_at:%Y-%m-%d %H:%M}" if found.last_used_at else "never"
            table.add_row(found.id, found.name, workspace, " ".join(found.scopes), used, _state(found))
    Console().print(table)


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As `tuneyard key list` shows it: key_…")],
    data_dir: DataDir = None,
) -> None:
    """End a key: its next request is refused."""
    with system_session(server_settings(data_dir)) as session:
        keys.revoke(session, keys.workspace_of(session, key_id), key_id)
    typer.echo(f"{key_id} is revoked.")


def create_key(settings: Settings, workspace: str | None, name: str) -> str:
    """The text of a new key with every scope. Raises SeveralWorkspaces if none is named and there are several."""
    pepper = settings.required("secret")
    with system_session(settings) as session:
        found = service.ensure_workspace(session, workspace) if workspace else _only_workspace(session)
        return keys.issue(session, pepper, workspace_id=found.id, name=name, scopes=frozenset(Scope))[1]


def server_settings(data_dir: Path | None) -> Settings:
    """Settings with the database and the secret of the server that is meant. Raises UnknownServer.

    TUNEYARD_DATABASE_URL names it, else the group that runs on the data directory.
    """
    settings = load_settings(data_dir=data_dir)
    if settings.database_url is None:
        state = running.find(settings.data_dir)
        if state is None:
            raise UnknownServer(
                f"Tuneyard does not run on {settings.data_dir}.",
                hint="Start it with `tuneyard up`, name its folder with --data-dir, or set TUNEYARD_DATABASE_URL.",
            )
        return running.settings_of(state)
    if settings.secret is None:
        if not (settings.data_dir / secrets.FILE_NAME).exists():
            raise UnknownServer("The secret of the server is not known.", hint="Set TUNEYARD_SECRET as the api has it.")
        kept = secrets.load_or_create(settings.data_dir)
        return settings.model_copy(update={"secret": SecretStr(kept.secret)})
    return settings


def _only_workspace(session: Session) -> Workspace:
    found = service.oldest_workspaces(session, limit=2)
    if len(found) > 1:
        raise SeveralWorkspaces("There are several workspaces.")
    return found[0] if found else service.ensure_workspace(session, DEFAULT_WORKSPACE)


@contextmanager
def system_session(settings: Settings) -> Iterator[Session]:
    """One transaction of the server itself, whatever workspace it is about."""
    database = Database(settings.required("database_url"), pool_size=1)
    try:
        with database.system() as session:
            yield session
    finally:
        database.close()


def _state(found: ApiKey) -> str:
    if found.revoked_at:
        return "revoked"
    return "expired" if found.expires_at and found.expires_at <= clock.now() else "works"
