"""The rows behind an evaluation as the REST API shows them."""

from pydantic import BaseModel, Field


class EvaluationRow(BaseModel):
    """One held-out row and what the model said about it."""

    row: int = Field(description="Row number in the dataset version; the first is 1.", examples=[17])
    text: str = Field(description="The text as the model read it.", examples=["My card was charged twice"])
    label: str = Field(description="The label in the sheet.", examples=["billing"])
    predicted: str = Field(description="The model's answer.", examples=["refund"])
    score: float = Field(description="How sure the model was of its answer, 0 to 1.", examples=[0.83])


class EvaluationRows(BaseModel):
    """Held-out rows, the most confident answers first."""

    data: list[EvaluationRow] = Field(description="The most confident answers first.")
    total: int = Field(description="All rows that match, on every page.", examples=[12])


class EvaluationRowsQuery(BaseModel):
    """Which cell of the confusion matrix to open."""

    label: str | None = Field(None, description="Only rows with this label in the sheet.")
    predicted: str | None = Field(None, description="Only rows that the model answered with this label.")
    correct: bool | None = Field(None, description="Only rows that the model got right, or only those it got wrong.")
    offset: int = Field(0, ge=0, le=10_000_000, description="Rows to skip.")
    limit: int = Field(50, ge=1, le=200, description="Rows of a page.")
