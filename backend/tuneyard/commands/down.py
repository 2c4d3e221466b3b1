"""`tuneyard down`: stop the platform."""

import typer

from tuneyard.commands.options import DataDir, load_settings
from tuneyard.embedded import running


def run(data_dir: DataDir = None) -> None:
    """Stop everything that runs on a data directory, and wait until it is gone."""
    folder = load_settings(data_dir=data_dir).data_dir
    typer.echo("Tuneyard has stopped." if running.stop(folder) else f"Nothing runs on {folder}.")
