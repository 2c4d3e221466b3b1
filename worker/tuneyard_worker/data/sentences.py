"""Sentences for people, in English and as a code with details, from which other languages can be made."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tuneyard.specs.sayings import Details, Saying


@dataclass(frozen=True)
class Sentence:
    """`text` says in English what `code` says with `details`."""

    text: str
    code: str
    details: Details = field(default_factory=dict)

    @property
    def saying(self) -> Saying:
        """What it says, apart from the language."""
        return Saying(code=self.code, details=self.details)

    def on_line(self, line: int) -> Details:
        """Details of another sentence, for which this one is the reason."""
        return {"line": line, "reason": self.code, **self.details}


def together(sentences: Iterable[Sentence]) -> str:
    """The English of several sentences."""
    return " ".join(sentence.text for sentence in sentences)


def sayings(sentences: Iterable[Sentence]) -> list[Saying]:
    """What they say, apart from the language."""
    return [sentence.saying for sentence in sentences]
