"""What the api asks a model that writes, and hears from it, line by line."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_CHOICES = 16
MOST_LOGPROBS = 20


class Said(BaseModel):
    role: str
    content: str


class WriteRequest(BaseModel):
    """Either `messages` or `prompt`. The rest are the wishes of the OpenAI API, with its defaults.

    But where a model knows how it is to choose tokens, it does so unless told otherwise.
    """

    model_config = ConfigDict(extra="forbid")

    workspace: str = Field("", description="Who asks; workspaces take turns.")
    messages: list[Said] | None = None
    prompt: str | list[int] | None = None
    n: Annotated[int, Field(ge=1, le=MOST_CHOICES)] = 1
    most: Annotated[int, Field(ge=1)] | None = None
    stop: list[str] = []
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] = 1
    seed: int | None = None
    presence_penalty: Annotated[float, Field(ge=-2, le=2)] = 0
    frequency_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    logit_bias: dict[int, float] = {}
    logprobs: Annotated[int, Field(ge=0, le=MOST_LOGPROBS)] | None = None
    json_schema: dict[str, Any] | None = None


class ToldLikelihood(BaseModel):
    text: str
    bytes: list[int]
    logprob: float


class ToldToken(ToldLikelihood):
    likeliest: list[ToldLikelihood]


class Part(BaseModel):
    """Some more of one choice."""

    index: int
    text: str
    thought: str = Field("", description="What was thought aloud before the answer; of chats only.")
    tokens: list[ToldToken] = []
    finish_reason: Literal["stop", "length"] | None = None
    count: int = Field(0, exclude=True, description="Tokens of it.")
    cached: int = Field(0, exclude=True, description="Tokens of the question that were not read anew for it.")


class Usage(BaseModel):
    """The last line."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = Field(description="Of those of the prompt, that were not read anew for the first choice.")
