"""How well a model writes on rows it never saw: `evaluation/evaluation.json` of such an artifact."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from tuneyard.specs.base import Spec
from tuneyard.specs.decoding import Decoding
from tuneyard.specs.evaluation import Evaluation, Interval, Verdict
from tuneyard.specs.tasks import Task


class Likelihood(Spec):
    """How well the expected answers are foreseen, token by token."""

    loss: Interval = Field(description="Mean negative log-likelihood of a token, in nats.")
    perplexity: Interval = Field(description="exp(loss): among how many equally likely tokens it chooses, as it were.")
    token_accuracy: Interval = Field(description="Share of the tokens that it holds for the likeliest.")


class AnswerScores(Spec):
    """How close whole answers come to the expected ones; means over the rows that were answered."""

    chrf: Interval = Field(description="chrF, 0 to 100: shared character sequences (Popović 2015, by `sacrebleu`).")
    rouge_l: Interval = Field(description="ROUGE-L, 0 to 100: F1 of the longest common word sequence (Lin 2004).")
    exact_match: Interval = Field(description="Share that is the expected answer, but for spaces.")
    valid_json: Interval | None = Field(None, description="Share that is valid JSON; null where no JSON is expected.")


class GenerationBaseline(Spec):
    """Another way to answer, scored on the same held-out rows."""

    kind: Literal["base", "retrieval"] = Field(description="What it is.")
    name: str = Field(description="In plain words: `the untuned model`, `the answer of the most similar training row`.")
    likelihood: Likelihood | None = Field(None, description="Null for what has no probabilities.")
    answers: AnswerScores = Field(description="Of its answers.")
    chrf_difference: Interval = Field(description="The model's chrF minus this one's, paired bootstrap.")


class Memorisation(Spec):
    """What is word for word the same as in the training rows, but for case and spaces."""

    expected: int = Field(description="Held-out rows whose expected answer is also that of a training row.")
    answers: int = Field(description="Answers that the model gave and that are those of training rows.")


class Preference(Spec):
    """How it weighs the wanted answers of the held-out rows against those that are not wanted."""

    pairs: int = Field(description="Pairs of answers that were weighed.")
    preferred: Interval = Field(
        description="Share of them in which teaching has made the wanted answer likelier, as against the other one: "
        "half, if it has taught nothing (the implicit reward of DPO, Rafailov et al. 2023). A pair that it did not "
        "move counts as half a one."
    )
    likelier: float = Field(description="Share in which it holds the whole wanted answer for the likelier one.")
    base_likelier: float = Field(description="The same of the untuned model.")


class GenerationEvaluation(Spec):
    """Of a model that writes."""

    task: Literal[Task.TEXT_GENERATION] = Field(Task.TEXT_GENERATION, description="What was examined.")
    rows: int = Field(description="Held-out rows.")
    scored_rows: int = Field(description="Those whose expected answers were weighed; all, if the time allowed.")
    answered_rows: int = Field(description="Those that were answered in full, drawn by the seed.")
    decoding: Decoding = Field(Decoding(), description="With which both models answered.")
    likelihood: Likelihood = Field(description="Of the expected answers.")
    perplexity_cut: Interval = Field(
        description="By which share its perplexity is under that of the untuned model, paired bootstrap."
    )
    answers: AnswerScores = Field(description="Of its answers.")
    baselines: list[GenerationBaseline] = Field(description="Other ways to answer, on the same rows.")
    preference: Preference | None = Field(
        None, description="Of the pairs of answers; null where it did not learn from any."
    )
    memorisation: Memorisation = Field(description="What it may only repeat.")
    verdict: Verdict = Field(description="The result in plain words.")
    seed: int = Field(description="Of the bootstrap and of the rows that were drawn.")


AnyEvaluation = Annotated[Evaluation | GenerationEvaluation, Field(discriminator="task")]
EVALUATION: TypeAdapter[AnyEvaluation] = TypeAdapter(AnyEvaluation)


class HeldOutAnswer(Spec):
    """One row of `evaluation/answers.parquet`."""

    row: int = Field(description="Row number in the dataset version; the first of a conversation of several rows.")
    prompt: str = Field(description="The text that the model was given.")
    asked: str = Field(description="What people said in it.")
    expected: str
    answer: str
    base: str = Field(description="What the untuned model answered.")
    retrieved: str = Field(description="The answer of the most similar training row.")
    chrf: float
