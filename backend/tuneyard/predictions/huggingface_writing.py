"""How a text goes on, as Hugging Face's clients ask for it and hear of it."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from tuneyard.kit.errors import TuneyardError
from tuneyard.predictions import huggingface_errors
from tuneyard.predictions.errors import UnsupportedParameter
from tuneyard.predictions.schemas import HuggingFaceParameters

Lines = AsyncGenerator[dict[str, Any]]
# What is written if nobody says how much: the default of these clients is as short.
USUAL_TOKENS = 100


def order(inputs: str | list[str], parameters: HuggingFaceParameters) -> tuple[str, dict[str, Any]]:
    """What is to be repeated before the text, and what serving is asked. Raises UnsupportedParameter."""
    if not isinstance(inputs, str):
        raise UnsupportedParameter("A model that writes takes one text at a time.", param="inputs", hint="Send a text.")
    for name in ("top_k", "function_to_apply"):
        if getattr(parameters, name) is not None:
            raise UnsupportedParameter(
                f"The parameter '{name}' is not supported: the model writes.",
                param=f"parameters.{name}",
                hint="Leave it out.",
            )
    draws = parameters.do_sample if parameters.do_sample is not None else parameters.temperature is not None
    wishes = {
        "prompt": inputs,
        "most": parameters.max_new_tokens or USUAL_TOKENS,
        "temperature": (parameters.temperature or 1) if draws else 0,
        "top_p": parameters.top_p,
        "seed": parameters.seed,
        "stop": parameters.stop,
        "frequency_penalty": parameters.frequency_penalty,
    }
    repeated = inputs if parameters.return_full_text else ""
    return repeated, {name: value for name, value in wishes.items() if value is not None}


async def text(repeated: str, lines: Lines) -> str:
    """The whole text."""
    async with aclosing(lines):
        return repeated + "".join([line["text"] async for line in lines if "text" in line])


async def events(lines: Lines) -> AsyncGenerator[str]:
    """The text as it is written; what goes wrong in the middle is an event of its own, the last one."""
    written = ""
    async with aclosing(lines):
        try:
            async for line in lines:
                if "text" not in line:
                    continue
                written += line["text"]
                token = {"id": 0, "text": line["text"], "logprob": 0.0, "special": False}
                whole = written if line["finish_reason"] else None
                yield _event({"index": line["index"], "token": token, "generated_text": whole, "details": None})
        except TuneyardError as error:
            yield _event(huggingface_errors.event(error.body.error.message, error.code))


def _event(content: dict[str, Any]) -> str:
    # In ASCII: readers of lines take some characters beyond it for the end of one.
    return f"data:{json.dumps(content)}\n\n"
