"""`tuneyard jobs`: what waits, runs and has ended, and what happened to each."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from tuneyard.commands.client import connect
from tuneyard.commands.key import server_settings, system_session
from tuneyard.commands.options import DataDir, load_settings
from tuneyard.commands.watching import time_left
from tuneyard.jobs import service
from tuneyard.jobs.models import JobStatus
from tuneyard.jobs.states import Action

JobId = Annotated[str, typer.Argument(metavar="ID", help="As `tuneyard jobs` shows it: job_…")]

WAITS_FOR = {
    "worker": "no worker runs",
    "card": "waits for a worker with a CUDA card",
    "limit": "its workspace is at its limit",
}

app = typer.Typer()


@app.callback(invoke_without_command=True)
def jobs(
    context: typer.Context,
    status: Annotated[JobStatus | None, typer.Option(help="Only jobs in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many, the newest first.")] = 20,
    data_dir: DataDir = None,
) -> None:
    """List the newest jobs; show, pause, resume, cancel or retry one, or change its priority."""
    if context.invoked_subcommand:
        return
    api = connect(load_settings(data_dir=data_dir).data_dir)
    query = {"limit": limit} | ({"status": status.value} if status else {})
    table = Table("id", "what", "name", "state", "how far")
    for job in api.call("GET", "/jobs", params=query)["data"]:
        table.add_row(job["id"], job["kind"], job["name"], job["status"], how_far(job))
    Console().print(table)


@app.command()
def show(job_id: JobId, data_dir: DataDir = None) -> None:
    """Tell what happened to a job, attempt by attempt."""
    api, console = connect(load_settings(data_dir=data_dir).data_dir), Console(highlight=False)
    job = api.call("GET", f"/jobs/{job_id}")
    console.print(f"{job['name']} ({job['kind']}): {job['status']}  {how_far(job)}", markup=False)
    table = Table("attempt", "began", "took", "machine", "worker", "what became of it")
    for attempt in api.call("GET", f"/jobs/{job_id}/attempts")["data"]:
        error = attempt["error"]
        words = f"{attempt['explanation']} {error['message']}" if error else attempt["explanation"]
        table.add_row(
            str(attempt["attempt"]),
            f"{moment(attempt['started_at']):%Y-%m-%d %H:%M:%S}",
            duration(attempt),
            attempt["host"],
            attempt["worker"],
            words,
        )
    console.print(table)


def _command(action: Action, does: str) -> None:
    def run(job_id: JobId, data_dir: DataDir = None) -> None:
        job = connect(load_settings(data_dir=data_dir).data_dir).call("POST", f"/jobs/{job_id}/{action}")
        typer.echo(f"{job['id']}: {job['status']}")

    app.command(action.value, help=does)(run)


_command(Action.PAUSE, "Set a job aside until it is resumed.")
_command(Action.RESUME, "Queue a paused job again.")
_command(Action.CANCEL, "Stop a job for good.")
_command(Action.RETRY, "Queue a failed or cancelled job again.")


@app.command()
def priority(
    job_id: JobId,
    value: Annotated[int, typer.Argument(metavar="N", help="0 is usual; a higher one goes first.")],
    data_dir: DataDir = None,
) -> None:
    """Let a job go before all others, or after them, of every workspace; on the machine of the server."""
    with system_session(server_settings(data_dir)) as session:
        service.set_priority(session, job_id, value)
    typer.echo(f"{job_id} has priority {value}.")


def how_far(job: dict[str, Any]) -> str:
    """As `63 %, about 40 s left` or `3rd in the queue …`."""
    if job["status"] == "queued":
        words = WAITS_FOR.get(job["waits_for"])
        starts = job["expected_start_at"]
        if words is None and starts:
            seconds = (moment(starts) - datetime.now(UTC)).total_seconds()
            words = time_left(max(seconds, 0)).replace("left", "to go")
        place = f"place {job['queue_position']} in the queue" if job["queue_position"] else None
        return ", ".join(filter(None, (place, words)))
    progress = job["progress"]
    if job["status"] != "running" or not progress:
        return ""
    return f"{progress['fraction']:.0%} {time_left(progress['eta_seconds'])}".strip()


def duration(attempt: dict[str, Any]) -> str:
    """How long an attempt took, or has taken."""
    end = moment(attempt["finished_at"]) if attempt["finished_at"] else datetime.now(UTC)
    seconds = (end - moment(attempt["started_at"])).total_seconds()
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def moment(told: str) -> datetime:
    return datetime.fromisoformat(told)
