"""How good a model version is on rows it never saw: `evaluation/evaluation.json` of an artifact."""

from typing import Literal

from pydantic import Field

from tuneyard.specs.base import Spec


class Interval(Spec):
    """A value with its 95 % bootstrap percentile interval (resampled rows, seeded)."""

    value: float
    low: float
    high: float


class Averages(Spec):
    precision: float
    recall: float
    f1: float


class ClassMetrics(Spec):
    label: str
    precision: float
    recall: float
    f1: float
    support: int = Field(description="Held-out rows of this class.")
    most_confused_with: str | None = Field(
        None, description="The class it is most often taken for; none if it never is."
    )


class CalibrationBin(Spec):
    lower: float
    upper: float
    count: int
    confidence: float = Field(description="Mean score of the rows in the bin.")
    accuracy: float


class Calibration(Spec):
    """Expected calibration error over equal-width bins of the top score (Guo et al. 2017)."""

    expected_error: float
    bins: list[CalibrationBin]


class Baseline(Spec):
    """Another way to answer, scored on the same held-out rows."""

    kind: Literal["majority", "tfidf_logistic_regression", "previous_version"]
    name: str = Field(
        description="In plain words: `always answering 'billing'`, `a simple word-count model`, `version 2`."
    )
    accuracy: Interval
    macro_f1: float
    difference: Interval = Field(description="The model's accuracy minus this one's, paired bootstrap.")
    possibly_seen: int = Field(
        0, description="Held-out rows this one may have been trained on; its figure may then be too good."
    )


class Verdict(Spec):
    """The result in one or two plain sentences per language."""

    en: str
    zh_cn: str = Field(alias="zh-CN", serialization_alias="zh-CN", validation_alias="zh-CN")
    level: Literal["better", "similar", "worse"] = Field(description="Against the best baseline, by its interval.")


class Evaluation(Spec):
    rows: int = Field(description="Held-out rows.")
    correct: int
    accuracy: Interval
    macro: Averages
    weighted: Averages
    per_class: list[ClassMetrics]
    labels: list[str] = Field(description="Order of the confusion matrix's rows (truth) and columns (prediction).")
    confusion: list[list[int]]
    calibration: Calibration
    baselines: list[Baseline]
    verdict: Verdict
    seed: int


class HeldOutPrediction(Spec):
    """One row of `evaluation/predictions.parquet`: what the exported model answered, through the serving engine."""

    row: int = Field(description="Row number in the dataset version; the first is 1.")
    text: str
    label: str
    predicted: str
    score: float
    scores: list[float] = Field(description="One per label, in the order of the manifest's labels.")
