"""The command line. A command's module is imported when the command is used, so that `--help` is quick."""

import importlib
import sys
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

COMMANDS = {
    "up": ("tuneyard.commands.up:run", "Start everything on this machine, and print the address when it is ready."),
    "down": ("tuneyard.commands.down:run", "Stop everything that runs on a data directory."),
    "status": ("tuneyard.commands.status:run", "Show the parts, whether they are ready, and the memory they take."),
    "tune": ("tuneyard.commands.tune:run", "Train, evaluate and deploy a model from a file."),
    "predict": ("tuneyard.commands.predict:run", "Ask a deployed model."),
    "jobs": (
        "tuneyard.commands.jobs:app",
        "List jobs, tell what happened to one, pause, resume, cancel or retry it.",
    ),
    "workers": ("tuneyard.commands.workers:run", "List the workers with device, memory, job and heartbeat."),
    "workspaces": ("tuneyard.commands.workspaces:app", "Share the workers out between workspaces."),
    "key": ("tuneyard.commands.key:app", "Make API keys."),
    "models": ("tuneyard.commands.models:app", "Fetch base models."),
    "backup": ("tuneyard.commands.backup:run", "Write the database and all files to one file, while jobs run."),
    "restore": ("tuneyard.commands.restore:run", "Make an empty installation the copy that a backup holds."),
    "sweep": ("tuneyard.commands.sweep:run", "Remove what is no longer kept, or tell what would go."),
    "db": ("tuneyard.commands.db:app", "Bring the database up to date."),
    "api": ("tuneyard.commands.api:run", "Run the web server."),
    "worker": ("tuneyard.commands.worker:run", "Run a worker for jobs."),
    "serving": ("tuneyard.commands.serving:run", "Run the process that answers with deployed models."),
    "dispatcher": ("tuneyard.commands.dispatcher:run", "Run the process that looks after waiting and lost jobs."),
}
"""Name → where it is, and what it does: a plain function, or a Typer application with commands of its own."""


class LazyGroup(TyperGroup):
    """Lists commands by their names and one line of help alone; loads the one that is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """In the order of the table: the most used first."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The line of the list; enough for `--help` of the whole."""
        if cmd_name not in COMMANDS:
            return None
        return typer.core.TyperCommand(cmd_name, help=COMMANDS[cmd_name][1])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The real command, once it is called."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, _load(name), rest


def _load(name: str | None) -> Any:
    if name is None:
        return None
    module, _, attribute = COMMANDS[name][0].partition(":")
    found = getattr(importlib.import_module(module), attribute)
    if not isinstance(found, typer.Typer):
        function, found = found, typer.Typer(add_completion=False)
        found.command(name)(function)
    return get_command(found)


# Plain tracebacks: they end up in log files, where frames of drawn lines get in the way.
app = typer.Typer(cls=LazyGroup, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def _tuneyard() -> None:
    """Fine-tune, evaluate, deploy and call language models from a spreadsheet, on your own machine."""


def main() -> None:
    """Run the command line; an error that knows its cure is told in words, without a traceback."""
    try:
        app(prog_name="tuneyard")
    except Exception as error:
        # Imported here, because it takes as long as the whole of `--help`.
        from tuneyard.kit.errors import TuneyardError

        if not isinstance(error, TuneyardError):
            raise
        typer.echo(error.body.error.message, err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
