"""Sentences that other languages can say too: English by the server, the rest by whoever knows the code."""

from pydantic import Field

from tuneyard.specs.base import Spec

Detail = str | int | list[str] | list[int]
Details = dict[str, Detail]


class Saying(Spec):
    """What a sentence says, apart from its language."""

    code: str = Field(description="Stable, for programs.", examples=["label_repeats"])
    details: Details = Field({}, description="The numbers and names in the sentence.")


class Remark(Saying):
    """A sentence in English, and what it says apart from its language."""

    message: str = Field(description="The sentence in English.")

    @property
    def apart(self) -> Saying:
        """What it says without the English, for where that has a field of its own."""
        return Saying(code=self.code, details=self.details)
