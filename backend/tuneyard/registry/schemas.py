"""Models and their versions as the REST API shows them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tuneyard.specs.hyperparameters import Hyperparameters, Preset
from tuneyard.specs.manifest import BaseModelLineage, Chosen, DatasetLineage, FileEntry, SplitCounts
from tuneyard.specs.sayings import Saying
from tuneyard.specs.tasks import ColumnMapping, Task

METRICS_EXAMPLE = {"accuracy": 0.937, "macro_f1": 0.936, "held_out_rows": 3080}

ModelName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class CardLanguage(StrEnum):
    ENGLISH = "en"
    CHINESE = "zh-CN"


class DownloadFormat(StrEnum):
    TRANSFORMERS = "transformers"
    ONNX = "onnx"
    ADAPTER = "adapter"
    GGUF = "gguf"
    FULL = "full"


class VersionSummary(BaseModel):
    """One version, in a line."""

    id: str = Field(description="Id of the model version.", examples=["mv_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    number: int = Field(description="1 is the first version of the model.", examples=[2])
    job_id: str = Field(description="The job that trained it.")
    created_at: datetime = Field(description="When it was published.")
    preset: Preset = Field(description="How thoroughly it was trained.")
    base_model: str = Field(description="Name of the base model.", examples=["all-MiniLM-L6-v2"])
    dataset: str = Field(description="Name of the dataset it learned from.", examples=["support-tickets"])
    dataset_version: int = Field(description="Number of that dataset's version.", examples=[1])
    metrics: dict[str, float] = Field(description="Headline metrics on held-out rows.", examples=[METRICS_EXAMPLE])


class ModelRead(BaseModel):
    """A named line of versions."""

    id: str = Field(description="Id of the model.", examples=["model_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    name: str = Field(description="Its name, unique in the workspace.", examples=["support-tickets"])
    task: Task = Field(description="What it was taught.")
    created_at: datetime = Field(description="When its first version was published.")
    latest_version: VersionSummary = Field(description="Its newest version.")


class ModelRename(BaseModel):
    """A new name for a model."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "ticket-router"}]})

    name: ModelName = Field(description="The new name, unique in the workspace.")


class DecodingRead(BaseModel):
    """How a model that writes chooses tokens unless told otherwise, in the names of the OpenAI API.

    Sent along to another model with the same tokens, it has that one answer in the same manner.
    """

    temperature: float = Field(description="0 takes the likeliest token.", examples=[0])
    frequency_penalty: float = Field(description="Against tokens, by how often they were written.", examples=[0.3])
    logit_bias: dict[str, float] = Field(
        description="Added to the scores of the tokens that end an answer, by their ids.", examples=[{"2": -1.0}]
    )


class VersionRead(BaseModel):
    """One version with everything its manifest says about how it came to be."""

    id: str = Field(description="Id of the model version.", examples=["mv_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    model_id: str = Field(description="The model it is a version of.")
    model_name: str = Field(description="Name of that model.", examples=["support-tickets"])
    number: int = Field(description="1 is the first version of the model.", examples=[2])
    job_id: str = Field(description="The job that trained it.")
    created_at: datetime = Field(description="When it was published.")
    task: Task = Field(description="What it was taught.")
    columns: ColumnMapping = Field(description="Which columns played which role.")
    labels: list[str] = Field(
        description="The classes it tells apart, in the order of its logits; empty for a model that writes."
    )
    dataset: DatasetLineage = Field(description="The dataset version it learned from.")
    base_model: BaseModelLineage = Field(description="The pretrained model it started from.")
    preset: Preset = Field(description="How thoroughly it was trained.")
    hyperparameters: Hyperparameters = Field(description="Every hyperparameter that was used.")
    seed: int = Field(description="What fixed every random choice.")
    splits: SplitCounts = Field(description="How many rows were learned from, chosen by, and held out.")
    chosen: Chosen = Field(description="What training settled on, and why.")
    decoding: DecodingRead | None = Field(
        description="How it chose tokens in its exam, and does wherever a request says nothing; null for a classifier."
    )
    metrics: dict[str, float] = Field(description="Headline metrics on held-out rows.", examples=[METRICS_EXAMPLE])
    device: str = Field(description="What it was trained on.", examples=["cpu, 2 threads, bfloat16"])
    device_saying: Saying | None = Field(description="What `device` says, for other languages.")
    libraries: dict[str, str] = Field(description="Versions of the libraries that computed the weights.")
    files: list[FileEntry] = Field(description="Every file of the artifact with its checksum.")
    manifest_sha256: str = Field(description="Checksum of manifest.json, which holds those of all files.")
