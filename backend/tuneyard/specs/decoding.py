"""How a model that writes answers where nobody says how: as in its exam."""

from pydantic import Field

from tuneyard.specs.base import Spec


class Decoding(Spec):
    """What was found to suit it, on rows that it did not learn from."""

    temperature: float = Field(0.0, description="0 takes the likeliest token.")
    frequency_penalty: float = Field(0.0, description="Against tokens, by how often they were written.")
    stop_bias: float = Field(0.0, description="Added to the scores of the tokens that end an answer.")
    thinks: bool = Field(True, description="Whether it may think before it answers, where its base model does.")


USUAL = Decoding(temperature=1)
"""Of the OpenAI API, for a model of which nothing was found."""
