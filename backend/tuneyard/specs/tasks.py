"""What a model can be taught, and which columns each task needs."""

from enum import StrEnum

from pydantic import Field

from tuneyard.specs.base import Spec


class Task(StrEnum):
    TEXT_CLASSIFICATION = "text_classification"


class Role(StrEnum):
    TEXT = "text"
    LABEL = "label"
    SPLIT = "split"


class RoleRule(Spec):
    """How one role of a task is filled from columns."""

    role: Role
    required: bool
    several: bool = Field(
        description="Whether more than one column may fill the role; texts are joined by a blank line."
    )


ROLES: dict[Task, tuple[RoleRule, ...]] = {
    Task.TEXT_CLASSIFICATION: (
        RoleRule(role=Role.TEXT, required=True, several=True),
        RoleRule(role=Role.LABEL, required=True, several=False),
        RoleRule(role=Role.SPLIT, required=False, several=False),
    ),
}

# Column name, or several of them in the order in which they are joined.
ColumnMapping = dict[Role, str | list[str]]


# Between the texts of several columns, in training as in prediction.
SEPARATOR = "\n\n"


def columns_of(mapping: ColumnMapping, role: Role) -> list[str]:
    """The columns that fill `role`, in order; empty if none does."""
    value = mapping.get(role, [])
    return [value] if isinstance(value, str) else list(value)
