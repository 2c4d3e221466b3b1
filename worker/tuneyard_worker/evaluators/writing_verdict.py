"""The result of the evaluation of a model that writes, in a few plain sentences per language."""

from tuneyard.specs.evaluation import Verdict
from tuneyard_worker.evaluators.writing_en import english
from tuneyard_worker.evaluators.writing_findings import WritingFindings
from tuneyard_worker.evaluators.writing_zh import chinese


def verdict(findings: WritingFindings) -> Verdict:
    """Say whether it learnt to write like the rows, against what, how sure that is, and what not to expect."""
    words = {"en": english(findings), "zh-CN": chinese(findings), "level": findings.level}
    return Verdict.model_validate(words)
