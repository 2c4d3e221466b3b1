"""Intervals of the figures of models that write which had none: loss, token accuracy and the share of valid JSON.

That of the loss is told by that of the perplexity, of which it is the logarithm. A share's is Wilson's (1927), as if
each row were right or wrong as a whole: what was measured token by token is surer than that, never less sure.
"""

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

Json = dict[str, Any]
Change = Callable[[Json, str, Json], None]
"""Changes a figure of this name in likelihood or answers; the whole evaluation tells of how many rows it is."""
FIGURES = ("likelihood", "loss"), ("likelihood", "token_accuracy"), ("answers", "valid_json")
WIDTH = 1.959964
"""Standard deviations on either side that hold 95 % of a normal distribution."""


def wilson(share: float, rows: int) -> Json:
    """Of a share of so many rows."""
    if not rows:
        return {"value": share, "low": 0.0, "high": 1.0}
    squared = WIDTH**2 / rows
    middle = (share + squared / 2) / (1 + squared)
    half = math.sqrt(share * (1 - share) * squared + squared**2 / 4) / (1 + squared)
    return {"value": share, "low": max(0.0, middle - half), "high": min(1.0, middle + half)}


def widen(scores: Json, figure: str, evaluation: Json) -> None:
    if isinstance(scores[figure], dict):
        return
    if figure == "loss":
        ends = {end: math.log(scores["perplexity"][end]) for end in ("low", "high")}
        scores[figure] = {"value": scores[figure], **ends}
    else:
        rows = evaluation["scored_rows" if figure == "token_accuracy" else "answered_rows"]
        scores[figure] = wilson(scores[figure], rows)


def narrow(scores: Json, figure: str, evaluation: Json) -> None:
    if isinstance(scores[figure], dict):
        scores[figure] = scores[figure]["value"]


def figures(evaluation: Json) -> Iterator[tuple[Json, str]]:
    """Where they are, of the model and of what it is compared with; not those that were not measured."""
    for answering in (evaluation, *evaluation["baselines"]):
        for group, figure in FIGURES:
            scores = answering.get(group)
            if scores and scores.get(figure) is not None:
                yield scores, figure


def rewrite(change: Change) -> None:
    connection = op.get_bind()
    # Who owns the tables sees no rows of them either: see the first migration.
    connection.execute(sa.text("SET LOCAL ROLE tuneyard_system"))
    writers = connection.execute(
        sa.text("SELECT id, evaluation FROM evaluations WHERE evaluation ->> 'task' = 'text_generation' FOR UPDATE")
    ).all()
    for recorded, evaluation in writers:
        for scores, figure in figures(evaluation):
            change(scores, figure, evaluation)
        connection.execute(
            sa.text("UPDATE evaluations SET evaluation = CAST(:evaluation AS jsonb) WHERE id = :id"),
            {"id": recorded, "evaluation": json.dumps(evaluation)},
        )
    connection.execute(sa.text("RESET ROLE"))


def upgrade() -> None:
    rewrite(widen)


def downgrade() -> None:
    rewrite(narrow)
