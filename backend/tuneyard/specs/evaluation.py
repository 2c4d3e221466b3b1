"""How good a model version is on rows it never saw: `evaluation/evaluation.json` of an artifact."""

from typing import Literal

from pydantic import Field

from tuneyard.specs.base import Spec
from tuneyard.specs.tasks import Task


class Interval(Spec):
    """A value with its 95 % bootstrap percentile interval (resampled rows, seeded)."""

    value: float = Field(description="As measured.")
    low: float = Field(description="Lower end.")
    high: float = Field(description="Upper end.")


class Averages(Spec):
    precision: float = Field(description="Of the rows answered with a class, the share that is of it.")
    recall: float = Field(description="Of the rows of a class, the share answered with it.")
    f1: float = Field(description="Harmonic mean of precision and recall.")


class ClassMetrics(Spec):
    label: str = Field(description="The class.")
    precision: float = Field(description="Of the rows answered with it, the share that is of it.")
    recall: float = Field(description="Of its rows, the share answered with it.")
    f1: float = Field(description="Harmonic mean of precision and recall.")
    support: int = Field(description="Held-out rows of this class.")
    most_confused_with: str | None = Field(
        None, description="The class it is most often taken for; none if it never is."
    )


class CalibrationBin(Spec):
    lower: float = Field(description="Lowest score of the bin.")
    upper: float = Field(description="Highest score of the bin.")
    count: int = Field(description="Rows in it.")
    confidence: float = Field(description="Mean score of the rows in the bin.")
    accuracy: float = Field(description="Share of them that is right.")


class Calibration(Spec):
    """Expected calibration error over equal-width bins of the top score (Guo et al. 2017)."""

    expected_error: float = Field(description="Mean gap between score and accuracy, weighted by rows; 0 is best.")
    bins: list[CalibrationBin] = Field(description="From the lowest scores to the highest.")


class Baseline(Spec):
    """Another way to answer, scored on the same held-out rows."""

    kind: Literal["majority", "tfidf_logistic_regression", "previous_version"] = Field(description="What it is.")
    name: str = Field(
        description="In plain words: `always answering 'billing'`, `a simple word-count model`, `version 2`."
    )
    accuracy: Interval = Field(description="Share of the held-out rows it gets right.")
    macro_f1: float = Field(description="Mean of its F1 over the classes.")
    difference: Interval = Field(description="The model's accuracy minus this one's, paired bootstrap.")
    possibly_seen: int = Field(
        0, description="Held-out rows this one may have been trained on; its figure may then be too good."
    )


class Verdict(Spec):
    """The result in one or two plain sentences per language."""

    en: str = Field(description="In English.")
    zh_cn: str = Field(
        alias="zh-CN", serialization_alias="zh-CN", validation_alias="zh-CN", description="In Simplified Chinese."
    )
    level: Literal["better", "similar", "worse"] = Field(
        description="Against the best baseline that can't have learnt from the held-out rows, by its interval."
    )


class Evaluation(Spec):
    """Of a classifier."""

    task: Literal[Task.TEXT_CLASSIFICATION] = Field(Task.TEXT_CLASSIFICATION, description="What was examined.")
    rows: int = Field(description="Held-out rows.")
    correct: int = Field(description="Held-out rows it gets right.")
    accuracy: Interval = Field(description="Share of the held-out rows it gets right.")
    macro: Averages = Field(description="Means over the classes, each counted the same.")
    weighted: Averages = Field(description="Means over the classes, weighted by their rows.")
    per_class: list[ClassMetrics] = Field(description="One entry per class.")
    labels: list[str] = Field(description="Order of the confusion matrix's rows (truth) and columns (prediction).")
    confusion: list[list[int]] = Field(description="Rows of a true class (outer) answered with a class (inner).")
    calibration: Calibration = Field(description="Whether its scores can be taken as probabilities.")
    baselines: list[Baseline] = Field(description="Other ways to answer, on the same rows.")
    verdict: Verdict = Field(description="The result in plain words.")
    seed: int = Field(description="Of the bootstrap.")


class HeldOutPrediction(Spec):
    """One row of `evaluation/predictions.parquet`: what the exported model answered, through the serving engine."""

    row: int = Field(description="Row number in the dataset version; the first is 1.")
    text: str
    label: str
    predicted: str
    score: float
    scores: list[float] = Field(description="One per label, in the order of the manifest's labels.")
