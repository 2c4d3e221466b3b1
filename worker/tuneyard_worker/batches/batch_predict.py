"""The job `batch_predict`: the uploaded file with a prediction beside every row."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from tuneyard.specs.job import BatchPredictSpec, JobPhase
from tuneyard.specs.manifest import FileManifest, ModelManifest
from tuneyard.specs.tasks import Role, columns_of
from tuneyard_worker.batches.input_table import InputTable, Row, read_input
from tuneyard_worker.batches.result_csv import CsvResult
from tuneyard_worker.batches.result_xlsx import XlsxResult
from tuneyard_worker.batches.text_columns import find_columns, free_name, join_texts
from tuneyard_worker.failures import JobFailure
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.serving.engines.onnx_classifier import OnnxClassifier

PREDICTION, CONFIDENCE, NOTE = "prediction", "confidence", "note"
EMPTY_TEXT = "The text is empty."
CHUNK_ROWS = 1024
# Reading is about this share of the work.
READ_SHARE = 0.1
SECONDS_BETWEEN_REPORTS = 1.0


@dataclass(frozen=True)
class Answer:
    """The cells added to a row; only the note where there is no text."""

    label: str | None
    confidence: float | None
    note: str | None


def run(spec: BatchPredictSpec, job: JobDirectory) -> None:
    """Read the file, classify every row and write `artifact/result.csv` or `.xlsx`; the manifest comes last."""
    job.phase(JobPhase.PREPARING)
    manifest = read_manifest(spec)
    wanted = spec.text_columns or columns_of(manifest.columns, Role.TEXT)
    with read_input(spec, job.root / "input", lambda share: job.progress(READ_SHARE * share), wanted) as table:
        texts = find_columns(wanted, table.columns)
        classifier = OnnxClassifier.load(spec.model, manifest.engine, manifest.labels, spec.budget.threads)
        job.phase(JobPhase.EVALUATING)
        with contextlib.closing(open_result(job.artifact, table)) as result:
            write_result(result, table, texts, classifier, job)
    job.phase(JobPhase.PACKAGING)
    job.write_manifest(FileManifest(created_at=datetime.now(UTC), files=job.files()))
    job.progress(1.0, step=table.rows, total_steps=table.rows)


def read_manifest(spec: BatchPredictSpec) -> ModelManifest:
    """The model's manifest; raises JobFailure `broken_model`."""
    try:
        return ModelManifest.model_validate_json((spec.model / "manifest.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise JobFailure(
            "broken_model", "The files of the model version can't be read.", "Train the version again.", users=False
        ) from error


def open_result(folder: Path, table: InputTable) -> CsvResult | XlsxResult:
    """A file like the uploaded one: a workbook for a workbook, else CSV with the same delimiter."""
    if table.format == "excel":
        return XlsxResult(folder)
    return CsvResult(folder, table.delimiter or ",")


def write_result(
    result: CsvResult | XlsxResult, table: InputTable, texts: list[int], classifier: OnnxClassifier, job: JobDirectory
) -> None:
    """Every row of the table in its place, with what the model says about it."""
    # Only where some row has something to be said about it.
    notes = [NOTE] if table.has_unreadable_rows or table.has_blank(texts) else []
    result.write([*table.columns, *(free_name(name, table.columns) for name in [PREDICTION, CONFIDENCE, *notes])])
    done, started, told = 0, time.monotonic(), 0.0
    for rows in table.chunks(CHUNK_ROWS):
        for row, answer in zip(rows, answers(rows, texts, classifier), strict=True):
            result.write([*row.cells, answer.label, answer.confidence, *([answer.note] if notes else [])])
        done += len(rows)
        now = time.monotonic()
        if now - told >= SECONDS_BETWEEN_REPORTS or done == table.rows:
            told = now
            left = (now - started) / done * (table.rows - done)
            share = READ_SHARE + (0.98 - READ_SHARE) * done / table.rows
            job.progress(share, step=done, total_steps=table.rows, eta_seconds=left)


def answers(rows: list[Row], texts: list[int], classifier: OnnxClassifier) -> Iterator[Answer]:
    """What the model says about each row, in their order."""
    joined = [join_texts([row.cells[column] for column in texts]) for row in rows]
    scores = iter(classifier.scores([text for text in joined if text]))
    for row, text in zip(rows, joined, strict=True):
        if not text:
            yield Answer(None, None, row.problem or EMPTY_TEXT)
            continue
        found = next(scores)
        best = int(found.argmax())
        yield Answer(classifier.labels[best], round(float(found[best]), 4), None)
