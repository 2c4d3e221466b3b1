"""`tuneyard tune`: from a file to a deployed model, with a progress bar."""

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from tuneyard.commands.client import ApiClient, Refused, connect
from tuneyard.commands.options import DataDir, load_settings
from tuneyard.commands.watching import JobFailed, watch
from tuneyard.specs.hyperparameters import Preset

POLL_SECONDS = 0.2
EXAMPLE_CHARACTERS = 200
# The roles of the one task that it does.
CLASSIFIED = ("text", "label", "split")


def run(
    file: Annotated[Path, typer.Argument(help="CSV, Excel, JSON, JSONL or Parquet.", exists=True, dir_okay=False)],
    text: Annotated[list[str] | None, typer.Option(help="Column to read; may be given several times.")] = None,
    label: Annotated[str | None, typer.Option(help="Column to answer.")] = None,
    preset: Annotated[Preset, typer.Option(help="How thoroughly.")] = Preset.FAST,
    name: Annotated[str | None, typer.Option(help="Name of the model; the file's name if not given.")] = None,
    deploy: Annotated[str | None, typer.Option(help="Deploy the model under this name.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Train, evaluate and deploy a model from a file."""
    console = Console(highlight=False)
    api = connect(load_settings(data_dir=data_dir).data_dir)
    dataset = upload(api, console, file)
    version = api.call("GET", f"/datasets/{dataset['id']}/versions/{dataset['latest_version']}")
    request = fine_tune_request(console, dataset, version, text, label)
    request |= {"preset": preset.value, "name": name or file.stem}
    estimate = api.call("POST", "/jobs/estimate", json=request)
    console.print(f"About {estimate['seconds']:.0f} seconds on {estimate['device']} ({estimate['basis']['message']}).")
    for warning in estimate["warnings"]:
        console.print(f"  [yellow]![/] {warning['message']}")
    job = api.call("POST", "/jobs", json=request)
    finished = follow(api, console, job["id"])
    report(api, console, finished)
    if deploy:
        example = api.call("GET", f"/datasets/{dataset['id']}/versions/{version['number']}/rows?limit=1")
        put_to_work(
            api, console, deploy, finished["model_version_id"], sample_text(example, request["columns"]["text"])
        )


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
    console: Console, dataset: Any, version: Any, text: list[str] | None, label: str | None
) -> dict[str, Any]:
    """The request with the columns given, or else those suggested."""
    rejected = f", {version['rejected_rows']:,} rejected" if version["rejected_rows"] else ""
    console.print(f"[bold]{dataset['name']}[/]: {version['rows']:,} rows, {len(version['columns'])} columns{rejected}")
    columns = {role: name for role, name in version["suggested_columns"].items() if role in CLASSIFIED}
    if text:
        columns["text"] = text[0] if len(text) == 1 else text
    if label:
        columns["label"] = label
    missing = [role for role in ("text", "label") if role not in columns]
    if missing:
        names = ", ".join(column["name"] for column in version["columns"])
        raise Refused(
            f"No column was recognised as {' or '.join(missing)}.",
            hint=f"Name it with --text or --label; there are: {names}.",
        )
    read = columns["text"] if isinstance(columns["text"], str) else " + ".join(columns["text"])
    console.print(f"Reads [bold]{read}[/] → answers [bold]{columns['label']}[/]")
    return {
        "dataset_id": dataset["id"],
        "version": version["number"],
        "task": "text_classification",
        "columns": columns,
    }


def follow(api: ApiClient, console: Console, job_id: str) -> Any:
    """Show the job until it has ended; the finished job."""
    try:
        return watch(api, console, job_id)
    except JobFailed as failure:
        raise Refused(failure.message, hint=failure.hint) from failure
    except KeyboardInterrupt:
        console.print(f"The job goes on without you: {api.url}/jobs/{job_id}")
        raise typer.Exit(130) from None


def report(api: ApiClient, console: Console, job: Any) -> None:
    """The metrics table and the verdict."""
    version = api.call("GET", f"/model-versions/{job['model_version_id']}")
    evaluation = api.call("GET", f"/models/{version['model_id']}/versions/{version['number']}/evaluation")
    table = Table("", "right", "macro F1", "the model is")
    accuracy = evaluation["accuracy"]
    spread = (accuracy["high"] - accuracy["low"]) / 2
    table.add_row("this model", f"{accuracy['value']:.1%} ± {spread:.1%}", f"{evaluation['macro']['f1']:.1%}", "")
    for baseline in evaluation["baselines"]:
        better = f"{baseline['difference']['value'] * 100:+.1f} points"
        table.add_row(baseline["name"], f"{baseline['accuracy']['value']:.1%}", f"{baseline['macro_f1']:.1%}", better)
    console.print(table)
    console.print(evaluation["verdict"]["en"])


def put_to_work(api: ApiClient, console: Console, name: str, model_version_id: str, text: str) -> None:
    """Deploy the version under `name`, and print how to call it."""
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
    body = json.dumps({"inputs": [text]}, ensure_ascii=False)
    console.print(api.curl(f"/deployments/{name}/predict", body), soft_wrap=True, markup=False)


def settled(deployment: Any, model_version_id: str) -> bool:
    """Whether it answers with this version, or never will."""
    serves = any(route["model_version_id"] == model_version_id for route in deployment["routes"])
    return bool(deployment["error"]) or (deployment["status"] == "ready" and serves)


def sample_text(rows: Any, columns: str | list[str]) -> str:
    """A text of the file, to try the model with."""
    names = [columns] if isinstance(columns, str) else columns
    values = rows["rows"][0]["values"]
    cells = [values[rows["columns"].index(name)] or "" for name in names]
    return " ".join("\n\n".join(cells).split())[:EXAMPLE_CHARACTERS]
