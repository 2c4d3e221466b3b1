"""What a model that writes is asked about a row of a file: what it was asked in training, without the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tuneyard.specs.manifest import ModelManifest
from tuneyard.specs.tasks import Role, columns_of
from tuneyard.specs.templates import blanks, filled
from tuneyard_worker.batches.text_columns import find_columns, join_texts, place_of
from tuneyard_worker.data.messages import NOT_A_LIST, Message, NotAConversation, read_question
from tuneyard_worker.data.sentences import Sentence
from tuneyard_worker.failures import JobFailure

EMPTY_QUESTION = Sentence("The question is empty.", "no_prompt")
NOTHING_ASKED = Sentence("The messages ask nothing: none is by the user.", "nothing_asked")


@dataclass(frozen=True)
class Questions:
    """Makes them; places are those of columns."""

    texts: list[int]
    template: str
    system_prompt: str
    blanks: Mapping[str, int]
    """The place of what is filled into template and system prompt, by its name there."""
    system: int | None
    """Of the column of system messages, if the file has it."""
    conversations: bool
    """A cell may hold a whole conversation, as those that were learned from."""

    def of(self, cells: Sequence[str]) -> list[Message]:
        """What is said before the answer. Raises NotAConversation."""
        question = join_texts([cells[place] for place in self.texts])
        if self.texts and not question.strip():
            raise NotAConversation(EMPTY_QUESTION)
        asked = self._asked(question, cells)
        told = cells[self.system].strip() if self.system is not None else ""
        told = told or self._filled(self.system_prompt, cells).strip()
        return [Message("system", told), *asked] if told and asked[0].role != "system" else asked

    def _asked(self, question: str, cells: Sequence[str]) -> list[Message]:
        if self.template:
            return [Message("user", self._filled(self.template, cells))]
        if self.conversations:
            try:
                return asking(read_question(question))
            except NotAConversation as problem:
                if problem.reason != NOT_A_LIST:
                    raise
        return [Message("user", question)]

    def _filled(self, template: str, cells: Sequence[str]) -> str:
        return filled(template, {name: cells[place] for name, place in self.blanks.items()})


def read_questions(manifest: ModelManifest, columns: Sequence[str], wanted: Sequence[str]) -> Questions:
    """For a file with such columns, of which those `wanted` hold what is asked. Raises JobFailure."""
    template = str(getattr(manifest.hyperparameters, "prompt_template", ""))
    system_prompt = str(getattr(manifest.hyperparameters, "system_prompt", ""))
    texts = find_columns(wanted, columns)
    named = blanks(template)
    if template and len(named) != len(wanted):
        raise JobFailure(
            "columns_for_blanks",
            f"The model is asked by a template with the blanks {', '.join(named)}; there are {len(wanted)} columns "
            "for them.",
            "Name as many columns as there are blanks, in their order.",
            details={"blanks": named, "columns": len(wanted)},
        )
    asked = dict(zip(named, texts, strict=True)) if template else {}
    others = [name for name in blanks(system_prompt) if name not in named]
    system = next(iter(columns_of(manifest.columns, Role.SYSTEM)), None)
    return Questions(
        texts=texts,
        template=template,
        system_prompt=system_prompt,
        blanks=asked | dict(zip(others, find_columns(others, columns), strict=True)),
        system=None if system is None else place_of(system, columns),
        conversations=Role.MESSAGES in manifest.columns,
    )


def asking(messages: list[Message]) -> list[Message]:
    """The same. Raises NotAConversation if nobody asks."""
    if not any(message.role == "user" for message in messages):
        raise NotAConversation(NOTHING_ASKED)
    return messages
