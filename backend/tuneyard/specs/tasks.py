"""What a model can be taught, and which columns each task needs."""

from collections.abc import Collection
from enum import StrEnum

from tuneyard.specs.base import Spec


class Task(StrEnum):
    TEXT_CLASSIFICATION = "text_classification"
    TEXT_GENERATION = "text_generation"


class Role(StrEnum):
    TEXT = "text"
    LABEL = "label"
    PROMPT = "prompt"
    COMPLETION = "completion"
    REJECTED = "rejected"
    MESSAGES = "messages"
    CONVERSATION = "conversation"
    AUTHOR = "author"
    CONTENT = "content"
    SYSTEM = "system"
    SPLIT = "split"


class Form(Spec):
    """One shape that the rows of a task can have."""

    needs: tuple[Role, ...]
    may: tuple[Role, ...] = ()

    def fits(self, roles: Collection[Role]) -> bool:
        """Whether these roles fill it, with nothing left over."""
        return set(self.needs) <= set(roles) <= {*self.needs, *self.may}


FORMS: dict[Task, tuple[Form, ...]] = {
    Task.TEXT_CLASSIFICATION: (Form(needs=(Role.TEXT, Role.LABEL), may=(Role.SPLIT,)),),
    Task.TEXT_GENERATION: (
        # A question and its answer in every row; rows of one conversation are its turns, in the order of the file.
        Form(needs=(Role.PROMPT, Role.COMPLETION), may=(Role.SYSTEM, Role.CONVERSATION, Role.SPLIT)),
        # A whole conversation in every row, as a JSON list of messages.
        Form(needs=(Role.MESSAGES,), may=(Role.SYSTEM, Role.SPLIT)),
        # A question with two answers in every row, the wanted one and one that is not.
        Form(needs=(Role.PROMPT, Role.COMPLETION, Role.REJECTED), may=(Role.SYSTEM, Role.SPLIT)),
        # The same, where the question is a conversation as a JSON list of messages.
        Form(needs=(Role.MESSAGES, Role.COMPLETION, Role.REJECTED), may=(Role.SYSTEM, Role.SPLIT)),
        # Two whole conversations in every row that differ in their last answer only.
        Form(needs=(Role.MESSAGES, Role.REJECTED), may=(Role.SYSTEM, Role.SPLIT)),
        # One message in every row: of which conversation, by whom, and what it says.
        Form(needs=(Role.CONVERSATION, Role.AUTHOR, Role.CONTENT), may=(Role.SYSTEM, Role.SPLIT)),
    ),
}

SEVERAL = frozenset({Role.TEXT, Role.PROMPT})
"""Roles that more than one column may fill; their texts are joined by a blank line."""

# Column name, or several of them in the order in which they are joined.
ColumnMapping = dict[Role, str | list[str]]


# Between the texts of several columns, in training as in prediction.
SEPARATOR = "\n\n"


def roles_of(task: Task) -> set[Role]:
    """Every role that some form of the task knows."""
    return {role for form in FORMS[task] for role in (*form.needs, *form.may)}


def learns_preferences(mapping: ColumnMapping) -> bool:
    """Whether a model learns which of two answers is wanted, and not only to write one."""
    return bool(columns_of(mapping, Role.REJECTED))


def closest_form(task: Task, roles: Collection[Role]) -> Form:
    """The form that lacks the fewest of its roles; the first of equals."""
    return min(FORMS[task], key=lambda form: (len(set(form.needs) - set(roles)), -len(set(form.needs) & set(roles))))


def columns_of(mapping: ColumnMapping, role: Role) -> list[str]:
    """The columns that fill `role`, in order; empty if none does."""
    value = mapping.get(role, [])
    return [value] if isinstance(value, str) else list(value)
