"""`tuneyard workspaces`: how much of the workers each may have. On the machine of the server: it is about everybody."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tuneyard.auth import service as accounts
from tuneyard.commands.key import server_settings, system_session
from tuneyard.commands.options import DataDir
from tuneyard.jobs import fair_share
from tuneyard.jobs.fair_share import Standing
from tuneyard.kit.queue import Queue

app = typer.Typer()


@app.callback(invoke_without_command=True)
def workspaces(context: typer.Context, data_dir: DataDir = None) -> None:
    """List the workspaces with their weight and their limit of jobs at a time; `set` changes them."""
    if context.invoked_subcommand:
        return
    table = Table("workspace", "queue", "weight", "jobs at a time", "running", "waiting")
    with system_session(server_settings(data_dir)) as session:
        found = accounts.oldest_workspaces(session)
        for queue in Queue:
            standings = fair_share.standings(session, queue)
            counts = fair_share.counts(session, queue)
            for workspace in found:
                standing, count = standings.get(workspace.id, Standing()), counts[workspace.id]
                most = "no limit" if standing.most_running is None else str(standing.most_running)
                row = (workspace.name, queue.value, f"{standing.weight:g}", most, count.running, count.waiting)
                table.add_row(*map(str, row))
    Console().print(table)


@app.command("set")
def set_share(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the workspace.")],
    weight: Annotated[float | None, typer.Option(min=0.01, max=100, help="2 starts twice as many jobs as 1.")] = None,
    most_running: Annotated[int | None, typer.Option(min=0, help="Jobs at a time; 0 for none.")] = None,
    no_limit: Annotated[bool, typer.Option("--no-limit", help="As many jobs at a time as there are workers.")] = False,
    queue: Annotated[Queue | None, typer.Option(help="Of this queue only; of both if not given.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Change what a workspace may have of each queue; what runs already goes on."""
    changes: dict[str, float | int | None] = {}
    if weight is not None:
        changes["weight"] = weight
    if most_running is not None or no_limit:
        changes["most_running"] = None if no_limit else most_running
    if not changes:
        raise typer.BadParameter("Give --weight, --most-running or --no-limit.")
    with system_session(server_settings(data_dir)) as session:
        workspace = accounts.workspace_named(session, name)
        for each in [queue] if queue else Queue:
            fair_share.set_share(session, workspace.id, each, **changes)
    typer.echo(f"The share of '{name}' is changed.")
