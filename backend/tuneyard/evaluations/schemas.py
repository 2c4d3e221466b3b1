"""The rows behind an evaluation, and two evaluations side by side, as the REST API shows them."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, Field


class RowOrder(StrEnum):
    MOST_SURE = "most_sure"
    LEAST_SURE = "least_sure"
    SHEET = "sheet"


class Change(StrEnum):
    FIXED = "fixed"
    BROKEN = "broken"


class EvaluationRow(BaseModel):
    """One held-out row and what the model said about it."""

    row: int = Field(description="Row number in the dataset version; the first is 1.", examples=[17])
    text: str = Field(description="The text as the model read it.", examples=["My card was charged twice"])
    label: str = Field(description="The label in the sheet.", examples=["billing"])
    predicted: str = Field(description="The model's answer.", examples=["refund"])
    score: float = Field(description="How sure the model was of its answer, 0 to 1.", examples=[0.83])


class EvaluationRows(BaseModel):
    """A page of held-out rows."""

    data: list[EvaluationRow] = Field(description="In the order asked for.")
    total: int = Field(description="All rows that match, on every page.", examples=[12])


class EvaluationRowsQuery(BaseModel):
    """Which cell of the confusion matrix to open."""

    label: str | None = Field(None, description="Only rows with this label in the sheet.")
    predicted: str | None = Field(None, description="Only rows that the model answered with this label.")
    correct: bool | None = Field(None, description="Only rows that the model got right, or only those it got wrong.")
    order: RowOrder = Field(
        RowOrder.MOST_SURE,
        description="`most_sure`: the surest answers first; `least_sure`: those last; `sheet`: as in the sheet.",
    )
    offset: int = Field(0, ge=0, le=10_000_000, description="Rows to skip.")
    limit: int = Field(50, ge=1, le=200, description="Rows of a page.")


class ExamAnswer(BaseModel):
    """One held-out row, the expected answer and what else was answered."""

    row: int = Field(description="Row number in the dataset version; the first of a conversation of several rows.")
    asked: str = Field(description="What people say in the conversation.", examples=["Where is my parcel?"])
    expected: str = Field(description="The answer in the sheet.", examples=["It is on its way."])
    answer: str = Field(description="The model's, always the likeliest token.", examples=["It is on its way."])
    base: str = Field(description="That of the untuned model.", examples=["I do not know your parcel."])
    retrieved: str = Field(description="The answer of the most similar training row.", examples=["It was sent."])
    chrf: float = Field(
        description="How close the model's answer comes to the expected one, 0 to 100.", examples=[61.5]
    )


class ExamAnswers(BaseModel):
    """A page of answers."""

    data: list[ExamAnswer] = Field(description="In the order asked for.")
    total: int = Field(description="All answers that match, on every page.", examples=[24])


class AnswerOrder(StrEnum):
    SHEET = "sheet"
    CLOSEST = "closest"
    FARTHEST = "farthest"


class ExamAnswersQuery(BaseModel):
    """Which answers to show."""

    search: str = Field("", max_length=200, description="Only rows with this text in the question or in an answer.")
    order: AnswerOrder = Field(
        AnswerOrder.SHEET, description="`sheet`: as in the sheet; `closest` or `farthest` to the expected one first."
    )
    offset: int = Field(0, ge=0, le=10_000_000, description="Rows to skip.")
    limit: int = Field(20, ge=1, le=200, description="Rows of a page.")


class PairedDifference(BaseModel):
    """A difference of two accuracies on the same rows, with its 95 % interval (Bonett and Price 2012)."""

    value: float = Field(description="As measured: this version's accuracy minus the other's.", examples=[0.012])
    low: float = Field(description="Lower end.", examples=[0.001])
    high: float = Field(description="Upper end.", examples=[0.022])


class Comparison(BaseModel):
    """Two versions on the rows that were held out from both."""

    same_rows: bool = Field(description="Whether both were examined on exactly the same rows.")
    rows: int = Field(description="Held-out rows of this version.", examples=[3080])
    other_rows: int = Field(description="Held-out rows of the other.", examples=[3080])
    shared_rows: int = Field(
        description="Rows that both have, found by text and label; all that follows is counted on them.",
        examples=[3080],
    )
    relabelled_rows: int = Field(
        description="Rows of this version whose text the other has with another label only; not counted.", examples=[0]
    )
    correct: int = Field(description="Shared rows that this version gets right.", examples=[2886])
    other_correct: int = Field(description="Shared rows that the other gets right.", examples=[2849])
    fixed: int = Field(description="Shared rows that the other gets wrong and this version right.", examples=[61])
    broken: int = Field(description="Shared rows that the other gets right and this version wrong.", examples=[24])
    difference: PairedDifference | None = Field(
        description="Of the accuracies on the shared rows; null without shared rows."
    )
    level: Literal["better", "similar", "worse"] | None = Field(
        description="Against the other: `better` or `worse` only if the whole interval is on that side of zero."
    )


class ComparedRow(BaseModel):
    """One row held out from both versions, with both answers."""

    row: int = Field(description="Row number in the dataset version of this version; the first is 1.", examples=[17])
    text: str = Field(description="The text as both read it.", examples=["My card was charged twice"])
    label: str = Field(description="The label in the sheet.", examples=["billing"])
    predicted: str = Field(description="This version's answer.", examples=["billing"])
    score: float = Field(description="How sure this version was, 0 to 1.", examples=[0.83])
    other_predicted: str = Field(description="The other's answer.", examples=["refund"])
    other_score: float = Field(description="How sure the other was, 0 to 1.", examples=[0.55])


class ComparedRows(BaseModel):
    """A page of the rows that flipped."""

    data: list[ComparedRow] = Field(description="The answers this version was surest of first.")
    total: int = Field(description="All rows that flipped this way, on every page.", examples=[61])


class ComparedRowsQuery(BaseModel):
    """Which of the flipped rows to show."""

    change: Change = Field(
        Change.BROKEN,
        description="`fixed`: wrong in the other version, right in this one. `broken`: the other way round.",
    )
    offset: int = Field(0, ge=0, le=10_000_000, description="Rows to skip.")
    limit: int = Field(50, ge=1, le=200, description="Rows of a page.")
