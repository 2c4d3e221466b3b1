"""What pydantic finds wrong with a value, in words that go on after its name."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

WANTED = re.compile(r"^((Input|Value|String|List|Dictionary|Set|Tuple|Data) should|must) ")
OBJECTS = frozenset({"model_attributes_type", "model_type", "dict_type"})


def what_is_wrong(found: "ErrorDetails") -> str:
    """Without a full stop: " is missing", " must be at least 1", ": Value is not a valid address"."""
    if found["type"] == "missing":
        return " is missing"
    if found["type"] == "extra_forbidden":
        return " is not known here"
    if found["type"] in OBJECTS:
        return " must be a JSON object"
    words = found["msg"].removeprefix("Value error, ").rstrip(".")
    wanted = WANTED.match(words)
    return f" must {words[wanted.end() :]}" if wanted else f": {words}"
