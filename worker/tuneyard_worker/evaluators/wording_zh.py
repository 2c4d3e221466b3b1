"""The verdict in Chinese."""

import re

from tuneyard.specs.evaluation import Baseline
from tuneyard_worker.evaluators.findings import Findings, percent, shown


def chinese(findings: Findings) -> str:
    """One to four plain sentences."""
    return _score(findings) + _comparison(findings) + _caution(findings) + _weakest(findings)


def _score(findings: Findings) -> str:
    unseen = f"{findings.rows:,} 条没见过的文本"
    accuracy = findings.accuracy.value
    if accuracy == 1:
        start = f"{unseen}全部判断正确"
    elif accuracy == 0:
        start = f"{unseen}全部判断错误"
    else:
        start = f"在 {unseen}上，{percent(accuracy)}% 判断正确（± {percent(findings.margin)}）"
    others = [
        f"{name_of(other)}的正确率为 {percent(other.accuracy.value)}%{_seen(other)}" for other in findings.baselines
    ]
    return f"{start}；{'，'.join(others)}。"


def _seen(baseline: Baseline) -> str:
    return "（它可能学习过其中一部分）" if baseline.possibly_seen else ""


def name_of(baseline: Baseline) -> str:
    """What a baseline is called, with a space where a word may follow a number."""
    if baseline.kind == "majority":
        return f"总是回答{baseline.name.removeprefix('always answering ')}"
    if baseline.kind == "tfidf_logistic_regression":
        return "简单的词频模型"
    return re.sub(r"^version (\d+)$", r"版本 \1 ", baseline.name)


def _comparison(findings: Findings) -> str:
    name = name_of(findings.best).strip()
    if findings.level == "better":
        return ""
    if findings.level == "similar":
        return f"它并不明显好于{name}：差别可能只是偶然。"
    if findings.best.kind == "previous_version":
        return f"在同样的文本上，它明显不如{name}：请继续使用{name}。"
    return f"在同样的文本上，它明显不如{name}：请换用更充分的预设，或检查标签。"


def _caution(findings: Findings) -> str:
    low, high = findings.plausible
    if findings.accuracy.value == 1:
        return f"对新文本仍可能有至多 {percent(round(1 - low, 3))}% 的错误；请确认文本本身没有透露答案。"
    if not findings.few_rows:
        return ""
    return (
        f"留出的文本只有 {findings.rows} 条，这个数字很粗略："
        f"从 {percent(round(low, 2))}% 到 {percent(round(high, 2))}% 都有可能。"
    )


def _weakest(findings: Findings) -> str:
    weakest = findings.weakest
    if weakest is None:
        return ""
    if weakest.most_confused_with is None:
        return f"最弱的类别：“{shown(weakest.label)}”——其他文本会被误判为它。"
    return f"最弱的类别：“{shown(weakest.label)}”——最常被误判为“{shown(weakest.most_confused_with)}”。"
