"""The ingest step: an uploaded file in, an immutable dataset version and an honest report out."""

import shutil
from datetime import UTC, datetime

from tuneyard.specs.dataset import Profile
from tuneyard.specs.job import IngestSpec, JobPhase
from tuneyard.specs.manifest import FileManifest
from tuneyard.specs.repairs import RepairRecord, RepairRequest
from tuneyard_worker.data.columns import measure_columns
from tuneyard_worker.data.facts import counted
from tuneyard_worker.data.findings import Table, find_problems
from tuneyard_worker.data.reading import TableReading, read_table
from tuneyard_worker.data.repairs import Repairs, repaired_table
from tuneyard_worker.data.sentences import sayings, together
from tuneyard_worker.data.staging import connect
from tuneyard_worker.data.suggestions import column_profile, suggest
from tuneyard_worker.job_directory import JobDirectory

READ, MEASURED = 0.7, 0.9


def run(spec: IngestSpec, job: JobDirectory) -> None:
    """Write `data.parquet`, `rejects.parquet`, `profile.json` and, last, `manifest.json` into the artifact."""
    job.phase(JobPhase.PREPARING)
    reading, record = (_read(spec, job), None) if spec.repairs is None else _repair(spec, spec.repairs, job)
    profile = profile_of(reading, job, spec).model_copy(update={"repaired": record})
    (job.artifact / "profile.json").write_text(profile.model_dump_json(indent=2), encoding="utf-8")
    job.write_manifest(FileManifest(created_at=datetime.now(UTC), files=job.files()))
    job.progress(1.0)


def _read(spec: IngestSpec, job: JobDirectory) -> TableReading:
    reading = read_table(
        spec.path,
        spec.filename,
        spec.options,
        job.artifact,
        spec.budget.threads,
        progress=lambda done: job.progress(done * READ),
    )
    rows, columns, rejected = reading.rows, len(reading.columns), reading.rejected_rows
    job.log(
        "file_read",
        f"Read {counted(rows, 'row')} and {counted(columns, 'column')}; rejected {counted(rejected, 'line')}.",
        rows=rows,
        columns=columns,
        rejected=rejected,
    )
    return reading


def _repair(spec: IngestSpec, request: RepairRequest, job: JobDirectory) -> tuple[TableReading, RepairRecord]:
    scratch = job.root / "scratch"
    with connect(scratch, spec.budget.threads) as database:
        reading, record = repaired_table(
            database,
            request,
            job.artifact,
            scratch,
            lambda done, rows: job.progress(READ * done / max(rows, 1), step=done, total_steps=rows),
        )
    job.progress(READ)
    left, removed = counted(reading.rows, "row"), f"{record.removed_rows:,}"
    job.log(
        "version_repaired",
        f"Repaired version {record.version}: {left} left, {removed} removed.",
        version=record.version,
        rows=reading.rows,
        removed=record.removed_rows,
    )
    return reading, record


def profile_of(reading: TableReading, job: JobDirectory, spec: IngestSpec) -> Profile:
    """Measure the columns, suggest roles and look for problems."""
    scratch = job.root / "scratch"
    with connect(scratch, spec.budget.threads) as database:
        stats = measure_columns(
            database, reading.parquet, reading.columns, lambda done: job.progress(READ + done * (MEASURED - READ))
        )
        suggestion = suggest(database, reading.parquet, stats)
        problems = find_problems(Table(database, reading.parquet, stats), suggestion.columns)
        repairs = Repairs(database, reading.parquet, reading.columns, suggestion.columns).offers()
    shutil.rmtree(scratch, ignore_errors=True)
    because = [suggestion.reason] if suggestion.reason is not None else []
    return Profile(
        rows=reading.rows,
        columns=[column_profile(column, suggestion) for column in stats],
        rejected_rows=reading.rejected_rows,
        blank_rows=reading.blank_rows,
        format=reading.format,
        encoding=reading.encoding,
        delimiter=reading.delimiter,
        quote=reading.quote,
        header=reading.header,
        suggested_task=suggestion.task,
        suggested_columns=suggestion.columns,
        suggestion_reason=together(because),
        suggestion_reasons=sayings(because),
        options=spec.options,
        sheet=reading.sheet,
        findings=[*reading.findings, *problems],
        questions=reading.questions,
        repairs=repairs,
    )
