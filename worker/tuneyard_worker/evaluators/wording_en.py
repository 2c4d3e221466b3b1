"""The verdict in English."""

from tuneyard.specs.evaluation import Baseline
from tuneyard_worker.evaluators.findings import Findings, percent, shown


def english(findings: Findings, noun: str) -> str:
    """One to four plain sentences; `noun` is what the rows are called."""
    sentences = [
        _score(findings, noun),
        _comparison(findings, noun),
        _caution(findings, noun),
        _weakest(findings, noun),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _score(findings: Findings, noun: str) -> str:
    every = f"the only {noun.removesuffix('s')}" if findings.rows == 1 else f"all {findings.rows:,} {noun}"
    accuracy = findings.accuracy.value
    if accuracy == 1:
        start = f"Right on {every} it never saw"
    elif accuracy == 0:
        start = f"Wrong on {every} it never saw"
    else:
        margin = percent(findings.margin)
        start = f"Right {percent(accuracy)} % of the time on {findings.rows:,} {noun} it never saw (± {margin})"
    first, *rest = findings.baselines
    others = [f"{first.name} would be right {_share(first)}", *(f"{other.name} {_share(other)}" for other in rest)]
    return f"{start}; {', '.join(others)}."


def _share(baseline: Baseline) -> str:
    seen = " (it may have learnt from some of them)" if baseline.possibly_seen else ""
    return f"{percent(baseline.accuracy.value)} %{seen}"


def _comparison(findings: Findings, noun: str) -> str:
    name = findings.best.name
    if findings.level == "better":
        return ""
    if findings.level == "similar":
        return f"That is not clearly better than {name}: the difference may be chance."
    if findings.best.kind == "previous_version":
        return f"That is clearly worse than {name} on the same {noun}: keep {name}."
    return f"That is clearly worse than {name} on the same {noun}: try a more thorough preset, or check the labels."


def _caution(findings: Findings, noun: str) -> str:
    low, high = findings.plausible
    if findings.accuracy.value == 1:
        return (
            f"It may still be wrong on up to {percent(round(1 - low, 3))} % of new {noun}; "
            f"check that the {noun} don't give the answer away."
        )
    if not findings.few_rows:
        return ""
    return (
        f"With so few held-out {noun} ({findings.rows}) this is a rough figure: "
        f"anything from {percent(round(low, 2))} % to {percent(round(high, 2))} % is plausible."
    )


def _weakest(findings: Findings, noun: str) -> str:
    weakest = findings.weakest
    if weakest is None:
        return ""
    if weakest.most_confused_with is None:
        return f"Weakest: '{shown(weakest.label)}' — other {noun} are taken for it."
    return f"Weakest: '{shown(weakest.label)}' — most often taken for '{shown(weakest.most_confused_with)}'."
