"""What a model that writes would learn from one row: what is asked of the process that shows it, and its answer."""

from pathlib import Path

from pydantic import Field

from tuneyard.specs.base import Spec
from tuneyard.specs.job import Budget
from tuneyard.specs.sayings import Remark
from tuneyard.specs.tasks import ColumnMapping


class ChatPreviewSpec(Spec):
    """`spec.json` of the process's folder. Result: `preview.json` (ChatPreview) there.

    `tokenizer` is a folder with config.json, tokenizer.json, tokenizer_config.json and chat_template.jinja.
    """

    rows: Path
    row: int
    columns: ColumnMapping
    system_prompt: str
    prompt_template: str
    answering_authors: list[str]
    max_length: int
    tokenizer: Path
    budget: Budget
    cpu_seconds: int = Field(ge=1, description="Processor time after which the process ends.")


class PreviewToken(Spec):
    id: int = Field(description="Its number in the base model's vocabulary.")
    text: str = Field(description="The characters that it stands for; empty where the token before has them already.")
    learned: bool = Field(description="Whether the model learns to write it.")


class PreviewLesson(Spec):
    """One sequence that the model reads: the texts of its tokens together are the text."""

    tokens: list[PreviewToken] = Field(description="What is read, as far as it is not cut off.")
    total: int = Field(description="How many tokens it has before it is cut.")
    rest: str = Field(description="The text that is cut off.")
    rejected: bool = Field(False, description="Whether its answer is the one that is not wanted.")


class ChatPreview(Spec):
    """What the model would read and learn from one row."""

    row: int = Field(description="The row; of a conversation in several rows its first one. The first row is 1.")
    line: int | None = Field(None, description="On which line of its file the row begins, where that is known.")
    sheet_row: int | None = Field(None, description="The same of a sheet's rows.")
    rows: int = Field(description="How many rows there are to look at.")
    max_length: int = Field(description="Tokens after which a conversation is cut.")
    lessons: list[PreviewLesson] = Field(
        description="Usually one; some templates need one for each answer, and pairs of answers have two."
    )
    problem: Remark | None = Field(description="Why the row can't be learned from, if it can't.")
