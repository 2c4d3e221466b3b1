"""`tuneyard tune`: from a file to a deployed model, with a progress bar."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from tuneyard.commands import tuning_classifiers, tuning_writers
from tuneyard.commands.client import ApiClient, Refused, connect
from tuneyard.commands.options import DataDir, load_settings
from tuneyard.commands.watching import JobFailed, watch
from tuneyard.specs.hyperparameters import Preset
from tuneyard.specs.tasks import Role, Task, roles_of

POLL_SECONDS = 0.2
WAYS = {Task.TEXT_CLASSIFICATION: tuning_classifiers, Task.TEXT_GENERATION: tuning_writers}


def run(
    file: Annotated[Path, typer.Argument(help="CSV, Excel, JSON, JSONL or Parquet.", exists=True, dir_okay=False)],
    text: Annotated[list[str] | None, typer.Option(help="Column to read; may be given several times.")] = None,
    label: Annotated[str | None, typer.Option(help="Column to answer.")] = None,
    prompt: Annotated[list[str] | None, typer.Option(help="Column with questions; may be given several times.")] = None,
    completion: Annotated[str | None, typer.Option(help="Column with answers to learn to write.")] = None,
    rejected: Annotated[str | None, typer.Option(help="Column with answers that are not wanted.")] = None,
    base_model: Annotated[str, typer.Option(help="Id of the base model.")] = "auto",
    preset: Annotated[Preset, typer.Option(help="How thoroughly.")] = Preset.FAST,
    name: Annotated[str | None, typer.Option(help="Name of the model; the file's name if not given.")] = None,
    deploy: Annotated[str | None, typer.Option(help="Deploy the model under this name.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Train, evaluate and deploy a model from a file."""
    console = Console(highlight=False)
    writing = {Role.PROMPT: prompt, Role.COMPLETION: completion, Role.REJECTED: rejected}
    asked = {Role.TEXT: text, Role.LABEL: label, **writing}
    given = {role: [names] if isinstance(names, str) else names for role, names in asked.items() if names}
    api = connect(load_settings(data_dir=data_dir).data_dir)
    dataset = upload(api, console, file)
    version = api.call("GET", f"/datasets/{dataset['id']}/versions/{dataset['latest_version']}")
    task = task_of(version, given)
    request = fine_tune_request(console, dataset, version, task, given)
    request |= {"base_model": base_model, "preset": preset.value, "name": name or file.stem}
    estimate = api.call("POST", "/jobs/estimate", json=request)
    console.print(f"About {estimate['seconds']:.0f} seconds on {estimate['device']} ({estimate['basis']['message']}).")
    for warning in estimate["warnings"]:
        console.print(f"  [yellow]![/] {warning['message']}")
    job = api.call("POST", "/jobs", json=request)
    finished = follow(api, console, job["id"])
    report(api, console, finished, task)
    if deploy:
        put_to_work(api, console, deploy, finished["model_version_id"])
        rows = api.call("GET", f"/datasets/{dataset['id']}/versions/{version['number']}/rows?limit=1")
        row = dict(zip(rows["columns"], rows["rows"][0]["values"], strict=True))
        console.print(WAYS[task].curl(api, deploy, request["columns"], row), soft_wrap=True, markup=False)


def task_of(version: Any, given: dict[Role, list[str]]) -> Task:
    """What the named columns are for, else what the table is good for. Raises Refused."""
    fitting = [task for task in WAYS if set(given) <= roles_of(task)]
    if not fitting:
        raise Refused(
            "No model learns to do all of that at once.", hint="Name --text and --label, or --prompt and --completion."
        )
    suggested = version["suggested_task"]
    return Task(suggested) if suggested in fitting else fitting[0]


def upload(api: ApiClient, console: Console, file: Path) -> Any:
    """Send the file and wait until it has been read; raises Refused with the reason when it can't be."""
    with file.open("rb") as stream, console.status(f"Uploading {file.name} …"):
        dataset = api.call("POST", "/datasets", files={"file": (file.name, stream)})
    with console.status("Reading the rows …"):
        while dataset["status"] == "processing":
            time.sleep(POLL_SECONDS)
            dataset = api.call("GET", f"/datasets/{dataset['id']}")
    if dataset["status"] == "failed":
        error = dataset["error"]
        raise Refused(f"{file.name}: {error['message']}", hint=error.get("hint"))
    return dataset


def fine_tune_request(
    console: Console, dataset: Any, version: Any, task: Task, given: dict[Role, list[str]]
) -> dict[str, Any]:
    """The request with the columns given, or else those suggested."""
    rejected = f", {version['rejected_rows']:,} rejected" if version["rejected_rows"] else ""
    console.print(f"[bold]{dataset['name']}[/]: {version['rows']:,} rows, {len(version['columns'])} columns{rejected}")
    columns = WAYS[task].columns(version, given)
    WAYS[task].plan(console, columns)
    return {"dataset_id": dataset["id"], "version": version["number"], "task": task.value, "columns": columns}


def follow(api: ApiClient, console: Console, job_id: str) -> Any:
    """Show the job until it has ended; the finished job."""
    try:
        return watch(api, console, job_id)
    except JobFailed as failure:
        raise Refused(failure.message, hint=failure.hint) from failure
    except KeyboardInterrupt:
        console.print(f"The job goes on without you: {api.url}/jobs/{job_id}")
        raise typer.Exit(130) from None


def report(api: ApiClient, console: Console, job: Any, task: Task) -> None:
    """The metrics table and the verdict."""
    version = api.call("GET", f"/model-versions/{job['model_version_id']}")
    evaluation = api.call("GET", f"/models/{version['model_id']}/versions/{version['number']}/evaluation")
    WAYS[task].report(console, evaluation)
    console.print(evaluation["verdict"]["en"])


def put_to_work(api: ApiClient, console: Console, name: str, model_version_id: str) -> None:
    """Deploy the version under `name`."""
    routes = [{"model_version_id": model_version_id, "weight": 1}]
    known = {item["name"] for item in api.call("GET", "/deployments?limit=200")["data"]}
    if name in known:
        deployment = api.call("PATCH", f"/deployments/{name}", json={"routes": routes})
    else:
        deployment = api.call("POST", "/deployments", json={"name": name, "model_version_id": model_version_id})
    with console.status("Checking that the deployed model answers as the evaluated one …"):
        while not settled(deployment, model_version_id):
            time.sleep(POLL_SECONDS)
            deployment = api.call("GET", f"/deployments/{name}")
    if deployment["error"]:
        raise Refused(f"Deployment '{name}': {deployment['error']['message']}", hint=deployment["error"].get("hint"))
    console.print(f"Deployed as [bold]{name}[/]: {api.url}/deployments/{name}")


def settled(deployment: Any, model_version_id: str) -> bool:
    """Whether it answers with this version, or never will."""
    serves = any(route["model_version_id"] == model_version_id for route in deployment["routes"])
    return bool(deployment["error"]) or (deployment["status"] == "ready" and serves)
