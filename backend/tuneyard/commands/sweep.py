"""`tuneyard sweep`: removes what is no longer kept, or tells what would go."""

from typing import Annotated

import typer

from tuneyard.commands.options import DataDir
from tuneyard.commands.servers import reachable
from tuneyard.datasets.receiving import in_words
from tuneyard.housekeeping.sweeping import sweep
from tuneyard.kit.db import Database
from tuneyard.kit.storage import open_store


def run(
    data_dir: DataDir = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would go, with sizes and reasons.")
    ] = False,
) -> None:
    """Remove what is no longer kept, and files that nothing refers to. The dispatcher does so every hour."""
    with reachable(data_dir) as settings:
        database = Database(settings.required("database_url"), pool_size=1)
        try:
            removals = sweep(settings, database, open_store(settings), dry_run=dry_run)
        finally:
            database.close()
    for removal in removals:
        typer.echo(f"{in_words(removal.bytes):>12}  {removal.what}: {removal.reason}")
    total = in_words(sum(removal.bytes for removal in removals))
    typer.echo(f"{'Would remove' if dry_run else 'Removed'} {len(removals)} things, {total}.")
