"""Chat completions and completions in the shapes of the OpenAI API."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from tuneyard.deployments.schemas import NAME_EXAMPLE, VERSION_EXAMPLE
from tuneyard.predictions.schemas import LONGEST_TEXT

CREATED = 1785000000
MOST_CHOICES = 16
MOST_STOPS = 4

Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]
Stop = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Bias = Annotated[float, Field(ge=-100, le=100)]
TokenId = Annotated[int, Field(ge=0, lt=2**31)]
FinishReason = Literal["stop", "length"]


def _one_or_several(value: Any) -> str:
    return "several" if isinstance(value, list) else "one"


def _kind_of_prompt(value: Any) -> str:
    if not isinstance(value, list):
        return "text"
    if value and isinstance(value[0], list):
        return "several ids"
    return "ids" if value and isinstance(value[0], int) else "texts"


class ContentPart(BaseModel):
    """A part of a message."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="`text` is what can be read.", examples=["text"])
    text: Text | None = Field(None, description="The text of a part of type `text`.")


# By what was sent it is told apart what was meant, or a refusal would speak of the first of all forms.
Content = Annotated[
    Annotated[Text, Tag("one")] | Annotated[list[ContentPart], Tag("several")], Discriminator(_one_or_several)
]
Stops = Annotated[Annotated[Stop, Tag("one")] | Annotated[list[Stop], Tag("several")], Discriminator(_one_or_several)]
Prompt = Annotated[
    Annotated[Text, Tag("text")]
    | Annotated[list[TokenId], Tag("ids")]
    | Annotated[list[Text], Tag("texts")]
    | Annotated[list[list[TokenId]], Tag("several ids")],
    Discriminator(_kind_of_prompt),
]


class ChatMessage(BaseModel):
    """A message; a classifier reads the last one of the user, a model that writes all of them."""

    model_config = ConfigDict(extra="allow")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"] = Field(description="Who says it.")
    content: Content | None = Field(None, description="A text, or parts of type `text`.")


class StreamOptions(BaseModel):
    """How to stream."""

    model_config = ConfigDict(extra="allow")

    include_usage: bool | None = Field(None, description="Count the tokens in one more event at the end.")


class NamedSchema(BaseModel):
    """A JSON schema, with the name that OpenAI wants it to have."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    name: str | None = Field(None, max_length=64, description="Accepted; it has no effect.")
    description: str | None = Field(None, description="Accepted; it has no effect.")
    json_schema: dict[str, Any] = Field(alias="schema", description="What the answer has to keep.")
    strict: bool | None = Field(None, description="Accepted; a schema is always kept.")


class ResponseFormat(BaseModel):
    """What the answer has to be."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["text", "json_object", "json_schema"] = Field(description="Any text, any JSON object, or a schema.")
    json_schema: NamedSchema | None = Field(None, description="The schema, with the type `json_schema`.")
    value: dict[str, Any] | None = Field(
        None, description="The schema, as Hugging Face's clients send it, with the type `json_object`."
    )


class Wishes(BaseModel):
    """How to write; a classifier, which leaves nothing to chance, takes none that would change its answer."""

    model_config = ConfigDict(extra="allow")

    model: str = Field(description="Name of the deployment, or id of a base model.", examples=[NAME_EXAMPLE])
    n: int | None = Field(None, ge=1, le=MOST_CHOICES, description="So many answers.")
    stream: bool | None = Field(None, description="Answer as server-sent events.")
    stream_options: StreamOptions | None = Field(None, description="How to stream.")
    temperature: float | None = Field(
        None,
        ge=0,
        le=2,
        description="0 always takes the likeliest token, 1 draws as the model learned. Without it a tuned model "
        "answers as in its exam, a base model by 1.",
    )
    top_p: float | None = Field(
        None, ge=0, le=1, description="Draw from the likeliest tokens that together have this share of probability."
    )
    seed: int | None = Field(None, ge=-(2**63), lt=2**63, description="The same seed gives the same answer.")
    stop: Stops | None = Field(None, description=f"End before this text, or one of up to {MOST_STOPS}.")
    presence_penalty: float | None = Field(None, ge=-2, le=2, description="Against tokens that were said already.")
    frequency_penalty: float | None = Field(
        None, ge=-2, le=2, description="Against tokens, by how often they were; without it, as in the exam."
    )
    logit_bias: dict[str, Bias] | None = Field(
        None, max_length=300, description="Added to the scores of tokens, by their ids."
    )
    max_tokens: int | None = Field(None, ge=1, description="At most so many tokens; by default what there is room for.")
    user: str | None = Field(None, description="Accepted and not kept.")
    safety_identifier: str | None = Field(None, description="The same, by its newer name.")
    prompt_cache_key: str | None = Field(None, description="Accepted; it has no effect.")

    @property
    def wants_usage(self) -> bool:
        """Whether a stream is to count the tokens."""
        return bool(self.stream and self.stream_options and self.stream_options.include_usage)


class ChatRequest(Wishes):
    """What the OpenAI client sends; other parameters are refused by name unless they ask for nothing."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"model": NAME_EXAMPLE, "messages": [{"role": "user", "content": "My card was charged twice"}]}
            ]
        },
    )

    messages: list[ChatMessage] = Field(min_length=1, max_length=1000, description="What was said so far.")
    logprobs: bool | None = Field(None, description="Tell how likely each token was, or the label.")
    top_logprobs: int | None = Field(
        None, ge=0, le=20, description="And that of so many of the likeliest; needs `logprobs`."
    )
    max_completion_tokens: int | None = Field(None, ge=1, description="The newer name of `max_tokens`.")
    response_format: ResponseFormat | None = Field(None, description="What the answer has to be.")


class CompletionRequest(Wishes):
    """A text to go on with, as it is: no chat template is put around it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"model": "smollm2-135m-instruct", "prompt": "Once upon a time"}]}
    )

    prompt: Prompt = Field(description="A text, its token ids, or a list of either.")
    logprobs: int | None = Field(None, ge=0, le=5, description="Tell so many of the likeliest tokens at each place.")
    echo: bool | None = Field(None, description="Repeat the text before what is written.")


class TopLogprob(BaseModel):
    """A token, or a label, with the logarithm of its probability."""

    token: str = Field(description="The token, or the label.", examples=["billing"])
    logprob: float = Field(description="Natural logarithm of its probability.", examples=[-0.029])
    bytes: list[int] = Field(description="The same in UTF-8; its part of a character that takes several tokens.")


class TokenLogprob(TopLogprob):
    """What was written, with the likeliest beside it."""

    top_logprobs: list[TopLogprob] = Field(description="The likeliest, as many as were asked for.")


class Logprobs(BaseModel):
    """How sure the model is."""

    content: list[TokenLogprob] = Field(description="An entry for each token; of a classifier one, the label.")
    refusal: None = Field(None, description="Always null.")


class AssistantMessage(BaseModel):
    """The answer."""

    role: Literal["assistant"] = Field("assistant", description="Always `assistant`.")
    content: str = Field(description="The text, or the label.", examples=["billing"])
    reasoning_content: str | None = Field(None, description="What the model thought before it answered, if it did.")
    refusal: None = Field(None, description="Always null.")


class Choice(BaseModel):
    """One answer."""

    index: int = Field(0, description="Counted from 0.")
    message: AssistantMessage = Field(description="The answer.")
    finish_reason: FinishReason = Field("stop", description="`length` where there was no room for more.")
    logprobs: Logprobs | None = Field(description="How sure the model was, if `logprobs` was asked for.")


class PromptTokens(BaseModel):
    """What is known of them."""

    cached_tokens: int = Field(description="Known from an earlier request, and not read again.", examples=[0])


class Usage(BaseModel):
    """How many tokens it took."""

    prompt_tokens: int = Field(description="Of the messages.", examples=[31])
    completion_tokens: int = Field(description="Of all answers.", examples=[12])
    total_tokens: int = Field(description="Of both.", examples=[43])
    prompt_tokens_details: PromptTokens = Field(description="Of those of the messages.")

    @classmethod
    def of(cls, prompt: int, completion: int, cached: int = 0) -> "Usage":
        return cls(
            prompt_tokens=prompt,
            completion_tokens=completion,
            total_tokens=prompt + completion,
            prompt_tokens_details=PromptTokens(cached_tokens=cached),
        )


class ChatCompletion(BaseModel):
    """Answers to a chat."""

    id: str = Field(description="Id of this answer.", examples=["chatcmpl_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    object: Literal["chat.completion"] = Field("chat.completion", description="What this is.")
    created: int = Field(description="When, in seconds since 1970.", examples=[CREATED])
    model: str = Field(description="As it was asked.", examples=[NAME_EXAMPLE])
    system_fingerprint: str = Field(description="The version that answered.", examples=[VERSION_EXAMPLE])
    choices: list[Choice] = Field(description="As many as were asked for.")
    usage: Usage | None = Field(
        None, description="Null for a classifier, whose tokens are counted only where a stream asks for it."
    )


class TextLogprobs(BaseModel):
    """How likely each token was, side by side."""

    tokens: list[str] = Field(description="The tokens.")
    token_logprobs: list[float] = Field(description="The logarithms of their probabilities.")
    top_logprobs: list[dict[str, float]] = Field(description="Of the likeliest at each place.")
    text_offset: list[int] = Field(description="Where each begins.")


class TextChoice(BaseModel):
    """One way to go on."""

    index: int = Field(description="Counted from 0.")
    text: str = Field(description="What was written.")
    finish_reason: FinishReason = Field(description="`length` where there was no room for more.")
    logprobs: TextLogprobs | None = Field(description="How likely each token was, if `logprobs` was asked for.")


class Completion(BaseModel):
    """How a text goes on."""

    id: str = Field(description="Id of this answer.", examples=["cmpl_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    object: Literal["text_completion"] = Field("text_completion", description="What this is.")
    created: int = Field(description="When, in seconds since 1970.", examples=[CREATED])
    model: str = Field(description="As it was asked.", examples=["smollm2-135m-instruct"])
    system_fingerprint: str = Field(description="The version that answered.", examples=[VERSION_EXAMPLE])
    choices: list[TextChoice] = Field(description="For each text as many as were asked for.")
    usage: Usage = Field(description="How many tokens it took.")


Chunk = dict[str, Any]
