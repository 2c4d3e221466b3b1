"""Embeddings in the shapes of the OpenAI API."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from tuneyard.predictions.schemas import LONGEST_TEXT

MOST_INPUTS = 2048
MODEL_EXAMPLE = "all-minilm-l6-v2"
Ids = list[int]


def _inputs(value: Any) -> Any:
    if isinstance(value, str) or (isinstance(value, list) and value and all(map(_is_token, value))):
        value = [value]
    if not isinstance(value, list) or not 0 < len(value) <= MOST_INPUTS:
        raise PydanticCustomError("inputs", "Send a text, token ids, or a list of 1 to 2,048 of either")
    for number, item in enumerate(value):
        text = isinstance(item, str) and 0 < len(item) <= LONGEST_TEXT
        ids = isinstance(item, list) and item and all(map(_is_token, item))
        if not (text or ids):
            raise PydanticCustomError("input", "Input {number} is no text, is empty or is too long", {"number": number})
    return value


def _is_token(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


class EmbeddingsRequest(BaseModel):
    """Texts to make vectors of."""

    model_config = ConfigDict(
        extra="allow", json_schema_extra={"examples": [{"model": MODEL_EXAMPLE, "input": "My card was charged twice"}]}
    )

    model: str = Field(
        max_length=200,
        description="Id of a base model that reads, or the name of a deployed classifier.",
        examples=[MODEL_EXAMPLE],
    )
    input: Annotated[str | Ids | list[str] | list[Ids], BeforeValidator(_inputs)] = Field(
        description="A text, token ids of the model's own tokenizer, or a list of up to 2,048 of either.",
        examples=["My card was charged twice"],
    )
    encoding_format: Literal["float", "base64"] | None = Field(
        None, description="`base64`: little-endian float32; `float`, the default: numbers."
    )
    dimensions: int | None = Field(
        None, ge=1, description="Keep so many of the numbers, as a vector of length 1; all if not given."
    )
    user: str | None = Field(None, description="Accepted and not kept.")

    @property
    def inputs(self) -> list[str | Ids]:
        """Each by itself."""
        return list(self.input)  # type: ignore[arg-type]  # the validator has made a list of it


class Embedding(BaseModel):
    """The vector of one input."""

    object: Literal["embedding"] = Field("embedding", description="What this is.")
    index: int = Field(description="Place of the input.", examples=[0])
    embedding: list[float] | str = Field(
        description="Its numbers, as was asked for; the vector has length 1.", examples=[[0.03, -0.12, 0.04]]
    )


class EmbeddingsUsage(BaseModel):
    """What was read."""

    prompt_tokens: int = Field(description="Tokens of all inputs.", examples=[7])
    total_tokens: int = Field(description="The same.", examples=[7])


class EmbeddingList(BaseModel):
    """The vectors in the order of the inputs."""

    object: Literal["list"] = Field("list", description="What this is.")
    data: list[Embedding] = Field(description="One for each input.")
    model: str = Field(description="As it was named.", examples=[MODEL_EXAMPLE])
    usage: EmbeddingsUsage = Field(description="What was read.")
