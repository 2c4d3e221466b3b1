"""Repairs of a dataset version that lose no meaning; each makes rows of the next version."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field

from tuneyard.specs.base import Spec


class Repair(StrEnum):
    """In the order in which they are done."""

    DECODE_ENTITIES = "decode_html_entities"
    REMOVE_INVISIBLE = "remove_invisible_characters"
    UNIFY_LABELS = "unify_label_spellings"
    REMOVE_WITHOUT_TEXT = "remove_rows_without_text"
    REMOVE_WITHOUT_LABEL = "remove_rows_without_label"
    REMOVE_DUPLICATES = "remove_duplicate_rows"


class RepairCount(Spec):
    repair: Repair = Field(description="What is changed.")
    rows: int = Field(description="How many rows it changes or removes.")
    columns: list[str] = Field([], description="The columns it looks at; none for whole rows.")
    examples: list[str] = Field([], description="Up to 5 changes, as `Billing → billing`.")


class RepairRecord(Spec):
    """How a version was made from an earlier one of its dataset."""

    version: int = Field(description="Number of the version that was repaired; it stays as it is.", examples=[1])
    done: list[RepairCount] = Field(description="What was changed, with the rows of each repair.")
    removed_rows: int = Field(description="Rows of that version that are not in this one; see `removed`.")


class RepairRequest(Spec):
    """What the runner is told of a repair."""

    version: Path = Field(description="Folder of the version: data.parquet and profile.json.")
    number: int
    repairs: list[Repair]
