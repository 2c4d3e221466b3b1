"""Conversations out of the rows of a table, whichever form they have there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from tuneyard.specs.tasks import SEPARATOR, ColumnMapping, Role, columns_of
from tuneyard.specs.templates import blanks, filled
from tuneyard_worker.data.messages import (
    Message,
    NotAConversation,
    Speaker,
    check_order,
    read_answer,
    read_messages,
    same_author,
    speaker,
)
from tuneyard_worker.data.sentences import Sentence

NO_PROMPT = Sentence("There is no question.", "no_prompt")
NO_COMPLETION = Sentence("There is no answer.", "no_completion")
NO_REJECTED = Sentence("There is no answer that is not wanted.", "no_rejected")
SAME_ANSWERS = Sentence("The answer that is wanted and the one that is not are the same.", "same_answers")
NOTHING_FOUND = "[]"
"""Beside a plain question an answer in JSON, not a list of messages."""
NO_CONVERSATION = Sentence("Nothing says to which conversation it belongs.", "no_conversation")
SYSTEM_INSIDE = Sentence("It is by the system, in the middle of a conversation.", "system_inside")
AUTHOR_UNKNOWN = "author_unknown"

Cells = Mapping[str, str | None]


@dataclass(frozen=True)
class Conversation:
    """What is said in turns, checked: it ends with an answer."""

    row: int
    """Number of its first row in the dataset version; the first is 1."""
    messages: list[Message]
    rows: int = 1
    """How many rows it was read from."""
    side: str | None = None
    """The cell of the split column."""
    rejected: str | None = None
    """What is not to be said last, where it is known."""

    @property
    def rejected_messages(self) -> list[Message]:
        """The conversation with the answer that is not wanted."""
        return [*self.messages[:-1], replace(self.messages[-1], content=self.rejected or "")]

    @property
    def answer(self) -> str:
        """What is said last."""
        return self.messages[-1].content

    @property
    def asked(self) -> str:
        """All that people say in it."""
        return SEPARATOR.join(message.content for message in self.messages if message.role == "user")


@dataclass(frozen=True)
class Problem:
    """Why a row can't be learnt from."""

    row: int
    reason: Sentence
    others: int = 0
    """Further rows of its conversation, which are left out with it."""


@dataclass
class _Group:
    """Rows of one conversation, as far as they are read."""

    rows: int = 0
    conversation: Conversation | None = None
    """None as soon as there is a problem."""
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Reading:
    """What the rows of a table came to."""

    conversations: list[Conversation] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Shape:
    """Which column plays which role, and the texts that are put around them."""

    columns: ColumnMapping
    system_prompt: str = ""
    prompt_template: str = ""
    answering_authors: tuple[str, ...] = ()
    """Whose messages are answers; if none are given, those of names that say so."""

    @property
    def names(self) -> list[str]:
        """Every column that has to be read."""
        mapped = [name for role in self.columns for name in columns_of(self.columns, role)]
        return list(dict.fromkeys([*mapped, *blanks(self.system_prompt), *blanks(self.prompt_template)]))

    def read(self, rows: Iterable[Cells]) -> Reading:
        """Conversations and problems, by the order of the file."""
        found = Reading()
        found.conversations.extend(self.each(rows, found.problems))
        found.problems.sort(key=lambda problem: problem.row)
        return found

    def each(self, rows: Iterable[Cells], problems: list[Problem]) -> Iterator[Conversation]:
        """Conversations one by one, so that not all have to be held; what is none is added to `problems`."""
        for part in self._parts(rows, problems):
            try:
                check_order(part.messages)
            except NotAConversation as problem:
                problems.append(Problem(part.row, problem.reason, part.rows - 1))
                continue
            yield part

    def _parts(self, rows: Iterable[Cells], problems: list[Problem]) -> Iterator[Conversation]:
        if not columns_of(self.columns, Role.CONVERSATION):
            for number, cells in enumerate(rows, start=1):
                try:
                    yield self._begin(number, cells, self._said(cells))
                except NotAConversation as problem:
                    problems.append(Problem(number, problem.reason))
            return
        yield from self._grouped(rows, problems)

    def _grouped(self, rows: Iterable[Cells], problems: list[Problem]) -> Iterator[Conversation]:
        """Rows of the same conversation together. One that can't be read spoils the whole of it."""
        column = columns_of(self.columns, Role.CONVERSATION)[0]
        groups: dict[str, _Group] = defaultdict(_Group)
        for number, cells in enumerate(rows, start=1):
            name = (cells[column] or "").strip()
            if not name:
                problems.append(Problem(number, NO_CONVERSATION))
                continue
            group = groups[name]
            group.rows += 1
            try:
                said = self._said(cells)
                if group.conversation is not None:
                    _go_on(group.conversation.messages, said)
                elif not group.problems:
                    group.conversation = self._begin(number, cells, said)
            except NotAConversation as problem:
                group.problems.append(Problem(number, problem.reason))
                group.conversation = None
        for group in groups.values():
            if group.conversation is not None:
                yield replace(group.conversation, messages=_taught(group.conversation.messages), rows=group.rows)
                continue
            first, *more = group.problems
            problems += [replace(first, others=group.rows - len(group.problems)), *more]

    def _begin(self, number: int, cells: Cells, said: list[Message]) -> Conversation:
        side = next((cells[name] for name in columns_of(self.columns, Role.SPLIT)), None)
        rejected = self._rejected(cells, said)
        system = next((cells[name] or "" for name in columns_of(self.columns, Role.SYSTEM)), "").strip()
        system = system or filled(self.system_prompt, cells).strip()
        if system and not (said and said[0].role == "system"):
            said = [Message("system", system), *said]
        return Conversation(number, said, side=side, rejected=rejected)

    def _said(self, cells: Cells) -> list[Message]:
        """The messages of one row. Raises NotAConversation."""
        if name := next(iter(columns_of(self.columns, Role.MESSAGES)), None):
            messages = read_messages(cells[name] or "")
            if columns_of(self.columns, Role.COMPLETION):
                completion = self._answer(cells, Role.COMPLETION, NO_COMPLETION)
                messages.append(Message("assistant", completion, learned=True))
            elif not columns_of(self.columns, Role.REJECTED):
                return messages
            # What was answered earlier is no answer to this question.
            return [*(replace(message, learned=False) for message in messages[:-1]), *messages[-1:]]
        if name := next(iter(columns_of(self.columns, Role.CONTENT)), None):
            return [self._uttered(cells, cells[name] or "")]
        prompt = self._prompt(cells)
        if not prompt.strip():
            raise NotAConversation(NO_PROMPT)
        completion = self._answer(cells, Role.COMPLETION, NO_COMPLETION)
        return [Message("user", prompt), Message("assistant", completion, learned=True)]

    def _answer(self, cells: Cells, role: Role, nothing: Sentence) -> str:
        """The answer in a column of its own; beside messages, or another answer, it may be a message as well.

        Raises NotAConversation.
        """
        column = columns_of(self.columns, role)[0]
        text = cells[column] or ""
        beside_messages, beside_another = (columns_of(self.columns, role) for role in (Role.MESSAGES, Role.REJECTED))
        if beside_messages or (beside_another and text.strip() != NOTHING_FOUND):
            text = read_answer(text, column)
        if not text.strip():
            raise NotAConversation(nothing)
        return text

    def _rejected(self, cells: Cells, said: list[Message]) -> str | None:
        """The answer that is not wanted, if there is a column of them. Raises NotAConversation."""
        if not columns_of(self.columns, Role.REJECTED):
            return None
        whole = columns_of(self.columns, Role.MESSAGES) and not columns_of(self.columns, Role.COMPLETION)
        rejected = self._other_end(cells, said) if whole else self._answer(cells, Role.REJECTED, NO_REJECTED)
        if rejected.strip() == "".join(message.content for message in said[-1:]).strip():
            raise NotAConversation(SAME_ANSWERS)
        return rejected

    def _other_end(self, cells: Cells, said: list[Message]) -> str:
        """The last answer of the same conversation with another end. Raises NotAConversation."""
        column = columns_of(self.columns, Role.REJECTED)[0]
        if not (cells[column] or "").strip():
            raise NotAConversation(NO_REJECTED)
        other = read_messages(cells[column] or "")
        before, others = ([(each.role, each.content) for each in some[:-1]] for some in (said, other))
        if before != others or [each.role for each in other[-1:]] != ["assistant"]:
            text = f"'{column}' is not the same conversation with another answer at its end."
            raise NotAConversation(Sentence(text, "not_the_same_conversation", {"column": column}))
        return other[-1].content

    def _prompt(self, cells: Cells) -> str:
        if self.prompt_template:
            named = blanks(self.prompt_template)
            # The words around the blanks alone ask nothing of this row.
            asks = not named or any((cells[name] or "").strip() for name in named)
            return filled(self.prompt_template, cells) if asks else ""
        parts = (cells[name] or "" for name in columns_of(self.columns, Role.PROMPT))
        return SEPARATOR.join(part for part in parts if part.strip())

    def _uttered(self, cells: Cells, content: str) -> Message:
        name = cells[columns_of(self.columns, Role.AUTHOR)[0]] or ""
        role = self._speaker(name)
        if role is None:
            text = f"Nobody knows whether '{name[:40]}' asks or answers; known are names such as customer and agent."
            raise NotAConversation(Sentence(text, AUTHOR_UNKNOWN, {"author": name[:40]}))
        if not content.strip():
            raise NotAConversation(Sentence("The message is empty.", "utterance_empty"))
        return Message(role, content, learned=role == "assistant")

    def _speaker(self, author: str) -> Speaker | None:
        if not self.answering_authors or not author.strip():
            return speaker(author)
        if any(same_author(author, answering) for answering in self.answering_authors):
            return "assistant"
        return "system" if speaker(author) == "system" else "user"


def _go_on(messages: list[Message], said: list[Message]) -> None:
    """A conversation goes on; who speaks twice in a row has said one thing in two lines. Raises NotAConversation."""
    for message in said:
        if message.role == "system":
            raise NotAConversation(SYSTEM_INSIDE)
        if messages[-1].role == message.role:
            messages[-1] = replace(messages[-1], content=f"{messages[-1].content}\n{message.content}")
        else:
            messages.append(message)


def _taught(messages: list[Message]) -> list[Message]:
    """From the first question to the last answer: a greeting answers nothing, and what nobody answered teaches none."""
    told = [message for message in messages[:1] if message.role == "system"]
    first = next((place for place, message in enumerate(messages) if message.role == "user"), len(told))
    talk = messages[first:]
    last = max((place for place, message in enumerate(talk) if message.role == "assistant"), default=-1)
    return [*told, *(talk[: last + 1] or talk)]
