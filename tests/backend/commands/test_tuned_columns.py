"""Which columns `tuneyard tune` learns to write from: those that are named, else those that are suggested."""

from typing import Any

import pytest

from tuneyard.commands.tuning_writers import columns
from tuneyard.specs.tasks import Role

NAMES = ("question", "chosen", "rejected", "chat", "told")
PAIRS = {"prompt": "question", "completion": "chosen", "rejected": "rejected", "system": "told"}
NAMED = {Role.PROMPT: ["question"], Role.COMPLETION: ["chosen"]}


@pytest.mark.parametrize(
    ("suggested", "given", "expected"),
    [
        (PAIRS, {}, PAIRS),
        ({"messages": "chosen", "rejected": "rejected"}, {}, {"messages": "chosen", "rejected": "rejected"}),
        (PAIRS, {Role.PROMPT: ["chat"]}, PAIRS | {"prompt": "chat"}),
        (PAIRS, NAMED, {"prompt": "question", "completion": "chosen", "system": "told"}),
        (PAIRS, NAMED | {Role.REJECTED: ["rejected"]}, PAIRS),
        ({"messages": "chat"}, NAMED, {"prompt": "question", "completion": "chosen"}),
    ],
)
def test_named_columns_decide(suggested: Any, given: Any, expected: Any) -> None:
    version = {"suggested_columns": suggested, "columns": [{"name": name} for name in NAMES]}
    assert columns(version, given) == expected
