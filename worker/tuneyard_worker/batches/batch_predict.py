"""The job `batch_predict`: the uploaded file with a prediction beside every row."""

from collections.abc import Callable
from datetime import UTC, datetime

from pydantic import ValidationError

from tuneyard.specs.asked import asked_columns
from tuneyard.specs.job import BatchPredictSpec, JobPhase
from tuneyard.specs.manifest import FileManifest, ModelManifest
from tuneyard.specs.sayings import Details
from tuneyard.specs.tasks import Task
from tuneyard_worker.batches.classifying import classify
from tuneyard_worker.batches.input_table import InputTable, read_input
from tuneyard_worker.batches.row_progress import READ_SHARE
from tuneyard_worker.batches.writing import write
from tuneyard_worker.failures import JobFailure
from tuneyard_worker.job_directory import JobDirectory

Step = Callable[[BatchPredictSpec, JobDirectory, ModelManifest, InputTable, list[str]], None]
STEPS: dict[Task, Step] = {Task.TEXT_CLASSIFICATION: classify, Task.TEXT_GENERATION: write}


def run(spec: BatchPredictSpec, job: JobDirectory) -> None:
    """Read the file, answer every row and write `artifact/result.csv` or `.xlsx`; the manifest comes last."""
    job.phase(JobPhase.PREPARING)
    manifest = read_manifest(spec)
    template = str(getattr(manifest.hyperparameters, "prompt_template", ""))
    wanted = spec.text_columns or asked_columns(manifest.columns, template)
    with read_input(spec, job.root / "input", lambda share: job.progress(READ_SHARE * share), wanted) as table:
        tell_reading(table, job)
        STEPS[manifest.task](spec, job, manifest, table, wanted)
    job.phase(JobPhase.PACKAGING)
    job.write_manifest(FileManifest(created_at=datetime.now(UTC), files=job.files()))
    job.progress(1.0, step=table.rows, total_steps=table.rows)


def tell_reading(table: InputTable, job: JobDirectory) -> None:
    """What has to be said about how the file was read, as of a workbook of which only one sheet was."""
    for finding in table.findings:
        details: Details = {"count": finding.count, "column": finding.column or "", **finding.details}
        job.log(finding.code, finding.message, "warning" if finding.severity == "warning" else "info", **details)


def read_manifest(spec: BatchPredictSpec) -> ModelManifest:
    """The model's manifest; raises JobFailure `broken_model`."""
    try:
        return ModelManifest.model_validate_json((spec.model / "manifest.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise JobFailure(
            "broken_model", "The files of the model version can't be read.", "Train the version again.", users=False
        ) from error
