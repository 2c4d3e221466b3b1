"""What is worth saying about a model that writes, before it is put into words."""

from dataclasses import dataclass

from tuneyard.specs.decoding import Decoding
from tuneyard.specs.evaluation import Interval
from tuneyard.specs.generation_evaluation import GenerationBaseline, Memorisation, Preference
from tuneyard_worker.evaluators.findings import Level, compare

# Models below this have learnt from too little to know the world.
KNOWS_LITTLE_BELOW = 1_000_000_000
FEW_ANSWERS = 50
# All of five rows are on one side by chance once in sixteen times: fewer than six show no difference (sign test, 5 %).
FEWEST_TO_COMPARE = 6
CHANCE = 0.5


@dataclass(frozen=True)
class WritingFindings:
    """The facts of the verdict."""

    scored_rows: int
    answered_rows: int
    perplexity: float
    base_perplexity: float
    cut: Interval
    """By which share the perplexity is under that of the untuned model."""
    chrf: float
    base: GenerationBaseline
    retrieval: GenerationBaseline
    preference: Preference | None
    """Of a model that learnt which of two answers is wanted."""
    memorisation: Memorisation
    valid_json: float | None
    decoding: Decoding
    """With which both models answered."""
    parameters: int
    share: float
    """Of the rows to learn from, those that there was time for."""

    @property
    def foresees(self) -> Level:
        """Expected answers, against the untuned model."""
        return compare(self.cut) if self.scored_enough else "similar"

    @property
    def answers(self) -> Level:
        """Its own answers, against those of the untuned model."""
        return compare(self.base.chrf_difference) if self.answered_enough else "similar"

    @property
    def against_retrieval(self) -> Level:
        return compare(self.retrieval.chrf_difference) if self.answered_enough else "similar"

    @property
    def scored_enough(self) -> bool:
        """Whether there are rows enough to compare how well answers are foreseen."""
        return self.scored_rows >= FEWEST_TO_COMPARE

    @property
    def answered_enough(self) -> bool:
        """Whether there are answers enough to compare."""
        return self.answered_rows >= FEWEST_TO_COMPARE

    @property
    def prefers(self) -> Level | None:
        """Whether it leans to wanted answers more than before; tossing a coin it would in half of the pairs."""
        if self.preference is None:
            return None
        if not self.scored_enough:
            return "similar"
        moved = self.preference.preferred
        return "better" if moved.low > CHANCE else "worse" if moved.high < CHANCE else "similar"

    @property
    def level(self) -> Level:
        """Better only if both say so and copying is not clearly better; worse as soon as one says so.

        Where preferences were learnt, these decide, unless the answers have become worse.
        """
        if self.prefers is not None:
            return "worse" if self.answers == "worse" else self.prefers
        if "worse" in (self.foresees, self.answers):
            return "worse"
        both = self.foresees == self.answers == "better"
        return "better" if both and self.against_retrieval != "worse" else "similar"

    @property
    def unread(self) -> bool:
        """Whether it has not seen all of the rows to learn from."""
        return self.share < 1

    @property
    def knows_little(self) -> bool:
        return self.parameters < KNOWS_LITTLE_BELOW

    @property
    def few_answers(self) -> bool:
        return self.answered_enough and self.answered_rows < FEW_ANSWERS
