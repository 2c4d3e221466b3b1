"""What is wrong with a value reads as a sentence after its name."""

from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from tuneyard.kit.wording import what_is_wrong


def odd(value: int) -> int:
    if value % 2:
        return value
    raise ValueError("must be odd")


class Known(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=3)
    many: list[int] = Field([1], min_length=1)
    share: float = Field(0, le=2)
    number: Annotated[int, AfterValidator(odd)] = 1
    facts: dict[str, int] = Field(default_factory=dict)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "'name' is missing."),
        ({"name": 5}, "'name' must be a valid string."),
        ({"name": "long"}, "'name' must have at most 3 characters."),
        ({"name": "a", "share": 5}, "'share' must be less than or equal to 2."),
        ({"name": "a", "many": []}, "'many' must have at least 1 item after validation, not 0."),
        ({"name": "a", "number": 2}, "'number' must be odd."),
        ({"name": "a", "facts": "b"}, "'facts' must be a JSON object."),
        ({"name": "a", "size": 2}, "'size' is not known here."),
    ],
)
def test_as_a_sentence(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Known.model_validate(given)
    first = refused.value.errors()[0]
    assert f"'{first['loc'][0]}'{what_is_wrong(first)}." == sentence
