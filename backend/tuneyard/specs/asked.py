"""Which columns of a row hold what a model is asked."""

from tuneyard.specs.tasks import ColumnMapping, Role, columns_of
from tuneyard.specs.templates import blanks

ASKING = (Role.TEXT, Role.PROMPT, Role.MESSAGES, Role.CONTENT)


def asked_columns(columns: ColumnMapping, prompt_template: str = "") -> list[str]:
    """Those that were learned from, in the order in which they are joined; with a template, those that it names."""
    if prompt_template:
        return blanks(prompt_template)
    return next((found for role in ASKING if (found := columns_of(columns, role))), [])
