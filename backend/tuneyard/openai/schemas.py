"""Chat completions and models in the shapes of the OpenAI API, as far as a classifier can honour them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tuneyard.deployments.schemas import NAME_EXAMPLE, VERSION_EXAMPLE
from tuneyard.predictions.schemas import LONGEST_TEXT

NO_CHANCE = "Accepted; it has no effect, because a classifier leaves nothing to chance."
ONE_LABEL = "Accepted; it has no effect, because the answer is one label."
CREATED = 1785000000

Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]


class ContentPart(BaseModel):
    """A part of a message; a classifier reads those of text."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="`text` is what can be read.", examples=["text"])
    text: Text | None = Field(None, description="The text of a part of type `text`.")


class ChatMessage(BaseModel):
    """A message; a classifier reads the last one of the user."""

    model_config = ConfigDict(extra="allow")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"] = Field(description="Who says it.")
    content: Text | list[ContentPart] | None = Field(None, description="A text, or parts of type `text`.")


class StreamOptions(BaseModel):
    """How to stream."""

    model_config = ConfigDict(extra="allow")

    include_usage: bool | None = Field(None, description="Not supported: tokens are not counted here.")


class ChatRequest(BaseModel):
    """What the OpenAI client sends; other parameters are refused by name unless they ask for nothing."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {"model": NAME_EXAMPLE, "messages": [{"role": "user", "content": "My card was charged twice"}]}
            ]
        },
    )

    model: str = Field(description="Name of the deployment.", examples=[NAME_EXAMPLE])
    messages: list[ChatMessage] = Field(min_length=1, max_length=1000, description="The last one of the user is read.")
    stream: bool | None = Field(None, description="Answer as server-sent events.")
    stream_options: StreamOptions | None = Field(None, description="How to stream.")
    logprobs: bool | None = Field(None, description="Tell the logarithm of the label's score.")
    top_logprobs: int | None = Field(
        None, ge=0, le=20, description="Tell it of so many of the best labels; needs `logprobs`."
    )
    temperature: float | None = Field(None, ge=0, le=2, description=NO_CHANCE)
    top_p: float | None = Field(None, ge=0, le=1, description=NO_CHANCE)
    seed: int | None = Field(None, description=NO_CHANCE)
    max_tokens: int | None = Field(None, ge=1, description=ONE_LABEL)
    max_completion_tokens: int | None = Field(None, ge=1, description=ONE_LABEL)
    user: str | None = Field(None, description="Accepted and not kept.")


class TopLogprob(BaseModel):
    """A label with the logarithm of its score."""

    token: str = Field(description="The label.", examples=["billing"])
    logprob: float = Field(description="Natural logarithm of its score.", examples=[-0.029])
    bytes: list[int] = Field(description="The label in UTF-8.")


class TokenLogprob(TopLogprob):
    """The answer, with the best labels beside it."""

    top_logprobs: list[TopLogprob] = Field(description="The best labels, as many as were asked for.")


class Logprobs(BaseModel):
    """How sure the model is."""

    content: list[TokenLogprob] = Field(description="One entry: the label.")
    refusal: None = Field(None, description="Always null.")


class AssistantMessage(BaseModel):
    """The answer."""

    role: Literal["assistant"] = Field("assistant", description="Always `assistant`.")
    content: str = Field(description="The label.", examples=["billing"])
    refusal: None = Field(None, description="Always null.")


class Choice(BaseModel):
    """The one choice there is."""

    index: int = Field(0, description="Always 0.")
    message: AssistantMessage = Field(description="The answer.")
    finish_reason: Literal["stop"] = Field("stop", description="Always `stop`.")
    logprobs: Logprobs | None = Field(description="The score, if `logprobs` was asked for.")


class ChatCompletion(BaseModel):
    """The label as a chat completion."""

    id: str = Field(description="Id of this answer.", examples=["chatcmpl_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    object: Literal["chat.completion"] = Field("chat.completion", description="What this is.")
    created: int = Field(description="When, in seconds since 1970.", examples=[CREATED])
    model: str = Field(description="Name of the deployment.", examples=[NAME_EXAMPLE])
    system_fingerprint: str = Field(description="The version that answered.", examples=[VERSION_EXAMPLE])
    choices: list[Choice] = Field(description="One.")


Chunk = dict[str, Any]
