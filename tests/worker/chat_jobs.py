"""Job directories that teach a tiny decoder to write."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from fine_tune_jobs import Row, write_parquet

from coroutines import aside
from tiny_llama import write_tiny_llama
from tuneyard.specs.job import BaseModelRef, Budget, DatasetRef, TextGenerationSpec
from tuneyard.specs.tasks import Role
from tuneyard.specs.text_generation import TextGenerationHyperparameters
from tuneyard_worker import runner
from tuneyard_worker.data.file_lines import FileLines
from tuneyard_worker.data.staging import parquet_with
from tuneyard_worker.stopping import StopSignal

MakeChatJob = Callable[..., Path]


def run(job: Path, *stop: StopSignal) -> int:
    """Its exit status; the engine of the exam begins an event loop."""
    return aside(runner.run, job, *stop)


def below_a_header(table: Path, rows: int) -> None:
    """Write a dataset version anew, as if it were of a CSV file."""
    lines, plain = FileLines(), table.with_name("plain.parquet")
    lines.add(range(2, rows + 2))
    table.rename(plain)
    duckdb.sql(f"COPY (FROM '{plain}') TO '{table}' ({parquet_with(lines)})")


@pytest.fixture(scope="session")
def tiny_llama(tmp_path_factory) -> Path:
    """A random Llama of two layers that reads bytes."""
    return write_tiny_llama(tmp_path_factory.mktemp("tiny-llama"))


@pytest.fixture
def make_chat_job(tmp_path: Path, tiny_llama: Path) -> MakeChatJob:
    """Write a job directory for these rows; further arguments are hyperparameters."""

    def make(
        rows: list[Row],
        *,
        columns: dict[str, str | list[str]] | None = None,
        base: Path = tiny_llama,
        name: str = "job",
        validation: list[Row] | None = None,
        **hyper: object,
    ) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        mapping = columns or {"prompt": "prompt", "completion": "completion"}
        spec = TextGenerationSpec(
            job_id="job_1",
            columns={Role(role): column for role, column in mapping.items()},
            dataset=dataset(folder / "data.parquet", rows),
            validation=dataset(folder / "validation.parquet", validation) if validation else None,
            base_model=BaseModelRef(
                id="tiny", name="tiny", sha256="1" * 64, licence="Apache-2.0", source="local:tiny", path=base
            ),
            preset="fast",
            hyperparameters=TextGenerationHyperparameters(**(QUICK | hyper)),
            seed=5,
            budget=Budget(threads=1),
        )
        (folder / "spec.json").write_text(spec.model_dump_json())
        return folder

    return make


def dataset(path: Path, rows: list[Row]) -> DatasetRef:
    """Write these rows to a dataset version."""
    write_parquet(path, rows)
    return DatasetRef(version_id="dsv_1", name="answers", number=1, rows=len(rows), sha256="0" * 64, path=path)


QUICK: dict[str, object] = {
    "max_length": 96,
    "epochs": 2,
    "lora_rank": 4,
    "learning_rate": 5e-3,
    "exam_answers": 4,
    "answer_length": 12,
}
