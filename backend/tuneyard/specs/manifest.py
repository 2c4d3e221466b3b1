"""The manifest of an artifact. It is written last: its presence means that the artifact is complete."""

from datetime import datetime

from pydantic import Field

from tuneyard.specs.base import Spec
from tuneyard.specs.decoding import Decoding
from tuneyard.specs.hyperparameters import Hyperparameters, Preset
from tuneyard.specs.sayings import Saying
from tuneyard.specs.tasks import ColumnMapping, Task


class FileEntry(Spec):
    path: str = Field(description="Relative to the manifest, with forward slashes.")
    sha256: str = Field(description="Of its bytes.")
    bytes: int = Field(description="Its size.")


class FileManifest(Spec):
    """Manifest of a plain set of files (an ingested dataset version, a batch result)."""

    schema_version: int = 1
    created_at: datetime
    files: list[FileEntry]


class DatasetLineage(Spec):
    version_id: str = Field(description="Id of the dataset version.")
    name: str = Field(description="Name of the dataset.")
    number: int = Field(description="Number of the version.")
    rows: int = Field(description="Its rows.")
    sha256: str = Field(description="Of its data.parquet.")


class BaseModelLineage(Spec):
    id: str = Field(description="Id in the catalogue.")
    name: str = Field(description="Its name.")
    sha256: str = Field(description="Of its model.safetensors.")
    licence: str = Field(description="Its licence.")
    source: str = Field(description="Where it came from: `wheel:…`, `hub:…` or `local:…`.")


class SplitCounts(Spec):
    train: int = Field(description="Rows it learnt from.")
    validation: int = Field(description="Rows that chose between settings.")
    test: int = Field(description="Rows kept for the exam.")
    how: str = Field(description="In words: `20 % of the rows, evenly from every class` or `column 'split'`.")
    how_saying: Saying | None = Field(None, description="What `how` says, for other languages.")


class Chosen(Spec):
    """What training settled on, and why."""

    tuning: str = Field(description="What was trained: `head`, `lora`, `dora`, `rslora`, `qlora` or `full`.")
    reason: str = Field(description="Why, in a sentence or two.")
    reasons: list[Saying] = Field([], description="The sentences of `reason`.")
    validation_accuracy: float | None = Field(
        None, description="Share of the validation rows it got right; null for a model that writes."
    )
    validation_loss: float | None = Field(
        None, description="Mean loss of a token of the validation answers; null for a classifier."
    )
    epochs: float = Field(description="Passes over the training rows.")
    details: dict[str, float | int | str] = Field({}, description="Settings the search arrived at, by name.")


class ServingEngine(Spec):
    """How the serving process runs the model. Logits = head(encoder(input_ids, attention_mask)).

    `encoder` is an ONNX graph: inputs `input_ids`, `attention_mask` int64 (batch, tokens); outputs `features` and
    `mean` float32 (batch, dim), the latter of the token states. `head` is an ONNX graph: input `features`; output
    `logits` float32 (batch, classes). Versions whose encoder was left frozen have byte-identical encoder files, so a
    process that keys sessions by sha256 shares them, with those who ask the base model itself too.
    """

    encoder: str = Field(description="Path of the encoder graph in the artifact.")
    encoder_sha256: str
    head: str
    head_sha256: str
    tokenizer: str = Field(description="Path of tokenizer.json (the `tokenizers` library).")
    max_length: int
    pad_token_id: int


class ModelManifest(Spec):
    """Manifest of a fine-tuned model version.

    The artifact of a classifier holds `model/` (config.json, model.safetensors, tokenizer files; loads with plain
    `transformers` AutoModelForSequenceClassification), `onnx/` (model.onnx: input_ids and attention_mask to logits, for
    plain `onnxruntime`; encoder.onnx, head.onnx; tokenizer.json; labels.json), `evaluation/` (evaluation.json,
    predictions.parquet), `README.md` (the model card), `README.zh-CN.md` (the same in Chinese) and `manifest.json`.

    That of a model that writes holds `model/` (for AutoModelForCausalLM, with tokenizer and chat template), `adapter/`
    (for `peft`, where adapters were trained), `gguf/` (for llama.cpp, where it was asked for and can be), `evaluation/`
    (evaluation.json, answers.parquet), `README.md`, `README.zh-CN.md` and `manifest.json`.
    """

    schema_version: int = 1
    job_id: str
    created_at: datetime
    task: Task
    columns: ColumnMapping
    labels: list[str] = Field(description="In the order of the logits; empty for a model that writes.")
    dataset: DatasetLineage
    base_model: BaseModelLineage
    preset: Preset
    hyperparameters: Hyperparameters
    seed: int
    splits: SplitCounts
    chosen: Chosen
    metrics: dict[str, float] = Field(
        description="accuracy, macro_f1, weighted_f1, perplexity, chrf, held_out_rows, train_seconds …"
    )
    device: str = Field(description="As `cpu, 2 threads, bfloat16`.")
    device_saying: Saying | None = Field(None, description="What `device` says, for other languages.")
    libraries: dict[str, str] = Field(description="Version by name of what computed the weights.")
    serving: ServingEngine | None = Field(None, description="None where nothing serves such a model yet.")
    decoding: Decoding | None = Field(None, description="How it answers unless told otherwise; none for a classifier.")
    stop_ids: list[int] = Field([], description="Ids of the tokens that end an answer; empty for a classifier.")
    files: list[FileEntry]

    @property
    def engine(self) -> ServingEngine:
        """How it is served. Raises ValueError where nothing serves it."""
        if self.serving is None:
            raise ValueError(f"Nothing serves models for {self.task} yet.")
        return self.serving
