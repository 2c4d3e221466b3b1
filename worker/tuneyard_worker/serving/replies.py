"""Errors and predictions as JSON."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import numpy as np
import structlog
from starlette.responses import JSONResponse

from tuneyard.kit.errors import TuneyardError
from tuneyard_worker.serving.engines.onnx_classifier import Scores
from tuneyard_worker.serving.schemas import Prediction
from tuneyard_worker.serving.writing.schemas import Part, Usage

log = structlog.get_logger()


def error_reply(error: TuneyardError) -> JSONResponse:
    """The one shape of every error."""
    return JSONResponse(error.body.model_dump(mode="json"), error.status_code, error.headers)


async def lines(parts: AsyncGenerator[Part | Usage]) -> AsyncGenerator[str]:
    """A line for each part; an error is the last line unless it comes first. Closing stops the computing."""
    async with aclosing(parts):
        yield _line(await anext(parts))
        try:
            async for part in parts:
                yield _line(part)
        except TuneyardError as error:
            yield error.body.model_dump_json(ensure_ascii=True) + "\n"
        except Exception:
            log.exception("writing.failed")
            yield TuneyardError("Serving failed on an error of its own.").body.model_dump_json(ensure_ascii=True) + "\n"


def _line(part: Part | Usage) -> str:
    # Readers of lines take some characters beyond ASCII for the end of one.
    return part.model_dump_json(ensure_ascii=True) + "\n"


def predictions(labels: list[str], scores: Scores, top_k: int | None) -> list[Prediction]:
    """One prediction per row, its best `top_k` labels (all by default), the best first."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :top_k]
    best = np.take_along_axis(scores, order, axis=1)
    return [_prediction(labels, columns, row) for columns, row in zip(order.tolist(), best.tolist(), strict=True)]


def _prediction(labels: list[str], columns: list[int], row: list[float]) -> Prediction:
    # Seven digits are all a float32 has.
    scores: dict[str, Any] = {labels[column]: round(score, 7) for column, score in zip(columns, row, strict=True)}
    return Prediction(label=labels[columns[0]], score=round(row[0], 7), scores=scores)
