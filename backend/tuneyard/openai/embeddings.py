"""Vectors of texts: which encoder makes them, and how they are sent."""

import base64
import math
import sys
from array import array

from starlette.concurrency import run_in_threadpool

from tuneyard.base_models import service as base_models
from tuneyard.deployments.serving_client import ServingClient
from tuneyard.kit.errors import NotFound
from tuneyard.kit.services import Services
from tuneyard.openai.embeddings_schemas import Embedding, EmbeddingList, EmbeddingsRequest, EmbeddingsUsage
from tuneyard.openai.errors import BadRequest, UnsupportedParameter
from tuneyard.openai.model_list import unknown
from tuneyard.predictions.routing import Routing
from tuneyard.specs.tasks import Task


async def embed(
    routing: Routing, services: Services, serving: ServingClient, request: EmbeddingsRequest
) -> EmbeddingList:
    """One vector for each input, in their order. Raises ModelNotFound, BadRequest and what serving does."""
    for name, value in (request.model_extra or {}).items():
        if value is not None:
            raise UnsupportedParameter(f"The parameter '{name}' is not supported.", param=name, hint="Leave it out.")
    path = await encoder_path(routing, services, request.model)
    found = await serving.embed(path, request.inputs)
    encoded = found["embeddings"]
    if request.dimensions is not None:
        encoded = [shortened(vector, request.dimensions) for vector in encoded]
    as_base64 = request.encoding_format == "base64"
    vectors = [
        Embedding(index=index, embedding=vector if as_base64 else numbers(vector).tolist())
        for index, vector in enumerate(encoded)
    ]
    tokens = found["tokens"]
    return EmbeddingList(
        data=vectors, model=request.model, usage=EmbeddingsUsage(prompt_tokens=tokens, total_tokens=tokens)
    )


async def encoder_path(routing: Routing, services: Services, model: str) -> str:
    """Where serving answers for a deployment, or else a base model. Raises ModelNotFound, BadRequest."""
    try:
        return f"/versions/{(await routing.choose(model)).model_version_id}/embed"
    except NotFound as error:
        return await run_in_threadpool(_base_path, services, model, error)


def _base_path(services: Services, model: str, error: NotFound) -> str:
    try:
        listed = base_models.get(services.store, model)
    except NotFound:
        raise unknown(model, "model") from error
    if Task.TEXT_CLASSIFICATION not in listed.entry.tasks:
        raise BadRequest(
            f"The base model '{model}' writes; it gives no embeddings.", param="model", hint="Name one that reads."
        )
    if not listed.installed:
        raise BadRequest(
            f"The base model '{model}' has not been fetched yet.",
            param="model",
            hint=f"On the server: tuneyard models pull {model}",
        )
    return f"/base-models/{model}/embed"


def shortened(vector: str, dimensions: int) -> str:
    """Its first numbers as a vector of length 1. Raises BadRequest if it has fewer."""
    values = numbers(vector)
    if dimensions > len(values):
        raise BadRequest(
            f"'dimensions' is {dimensions}, and the vectors of this model have {len(values)} numbers.",
            param="dimensions",
            hint=f"Ask for {len(values)} at most.",
        )
    values = values[:dimensions]
    length = math.sqrt(sum(value * value for value in values)) or 1.0
    kept = array("f", [value / length for value in values])
    if sys.byteorder == "big":
        kept.byteswap()
    return base64.b64encode(kept.tobytes()).decode()


def numbers(vector: str) -> "array[float]":
    """What base64 of little-endian float32 holds."""
    values = array("f", base64.b64decode(vector))
    if sys.byteorder == "big":
        values.byteswap()
    return values
