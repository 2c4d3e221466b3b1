"""Parameters that OpenAI knows and nothing here can honour: refused by name, unless they ask for nothing."""

from typing import Any

from tuneyard.openai.errors import BadRequest, UnsupportedParameter
from tuneyard.openai.schemas import ChatMessage, ChatRequest, Wishes

# What asks for nothing, so clients that send every parameter are understood.
NEUTRAL: dict[str, list[Any]] = {
    "tools": [[]],
    "functions": [[]],
    "tool_choice": ["none"],
    "function_call": ["none"],
    "store": [False],
    "parallel_tool_calls": [True],
    "service_tier": ["auto", "default"],
    "modalities": [["text"]],
    "best_of": [1],
    "suffix": [""],
    "stream_options.include_obfuscation": [False],
    "stream_options.continuous_usage_stats": [False],
}
# What a message can hold beside its text that a model would have to be told.
UNREAD = ("tool_calls", "function_call", "audio", "refusal")


def refuse_unknown(request: Wishes) -> None:
    """Raises UnsupportedParameter with the name of the first one that is not known here."""
    options = (request.stream_options and request.stream_options.model_extra) or {}
    extra = (request.model_extra or {}) | {f"stream_options.{name}": value for name, value in options.items()}
    for name, value in extra.items():
        if value is not None and value not in NEUTRAL.get(name, []):
            raise UnsupportedParameter(f"The parameter '{name}' is not supported.", param=name, hint="Leave it out.")
    if isinstance(request, ChatRequest) and request.top_logprobs is not None and not request.logprobs:
        raise BadRequest(
            "'top_logprobs' needs 'logprobs'.", param="top_logprobs", hint="Send 'logprobs': true beside it."
        )


def refuse_unread(message: ChatMessage, place: str) -> None:
    """Raises UnsupportedParameter with the name of what else than text a message says."""
    for name in UNREAD:
        if (message.model_extra or {}).get(name):
            raise UnsupportedParameter(f"'{place}.{name}' can't be read.", param=f"{place}.{name}", hint="Send text.")


def text_of(message: ChatMessage, place: str) -> str:
    """The text of a message. Raises UnsupportedParameter, BadRequest."""
    if isinstance(message.content, str):
        return message.content
    parts = message.content or []
    for number, part in enumerate(parts):
        if part.type != "text" or part.text is None:
            raise UnsupportedParameter(
                f"'{place}.{number}' is of the type '{part.type}', which can't be read.",
                param=f"{place}.{number}",
                hint="Send text.",
            )
    if not parts:
        raise BadRequest(f"'{place}' is empty.", param=place, hint="Send a text.")
    return "\n".join(part.text or "" for part in parts)
