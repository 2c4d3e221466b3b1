"""The result of an evaluation in a few plain sentences per language."""

from tuneyard.specs.evaluation import Baseline, ClassMetrics, Interval, Verdict
from tuneyard_worker.evaluators.findings import find
from tuneyard_worker.evaluators.wording_en import english
from tuneyard_worker.evaluators.wording_zh import chinese


def verdict(
    accuracy: Interval, rows: int, per_class: list[ClassMetrics], baselines: list[Baseline], noun: str
) -> Verdict:
    """Say how good the model is, against what, how sure that is, and where it is weakest."""
    findings = find(accuracy, rows, per_class, baselines)
    words = {"en": english(findings, noun), "zh-CN": chinese(findings), "level": findings.level}
    return Verdict.model_validate(words)
