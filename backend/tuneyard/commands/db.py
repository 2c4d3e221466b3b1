"""`tuneyard db`: the database's schema."""

import typer

from tuneyard.commands.options import load_settings
from tuneyard.kit import migrations

app = typer.Typer(no_args_is_help=True)


@app.callback()
def db() -> None:
    """Bring the database up to date."""


@app.command()
def upgrade() -> None:
    """Bring the database's schema up to date; two at a time wait for each other."""
    migrations.upgrade(load_settings().required("database_url"))
    typer.echo("The database is up to date.")
