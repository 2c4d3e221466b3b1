"""The verdict on a model that writes, in English."""

from tuneyard_worker.evaluators.findings import percent
from tuneyard_worker.evaluators.writing_findings import WritingFindings


def english(findings: WritingFindings) -> str:
    """A few plain sentences."""
    sentences = [
        _preferring(findings),
        _foreseeing(findings),
        _answering(findings),
        _retrieval(findings),
        _json(findings),
        _manner(findings),
        _memorised(findings),
        _unread(findings),
        _caution(findings),
        _knowledge(findings),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _preferring(findings: WritingFindings) -> str:
    preference = findings.preference
    if preference is None:
        return ""
    pairs = "the one pair" if preference.pairs == 1 else f"{preference.pairs:,} pairs"
    found = preference.preferred
    share, low, high = (percent(round(each, 3)) for each in (found.value, found.low, found.high))
    interval = f"{share} % ({low} to {high} %)"
    moved = f"Of {pairs} of answers it never saw, teaching has moved it towards the better one in {interval}"
    after, before = (percent(round(share, 3)) for share in (preference.likelier, preference.base_likelier))
    likelier = f"It holds the better one for likelier in {after} %, untuned in {before} %."
    if findings.prefers == "better":
        return f"{moved}, where half would be chance. {likelier}"
    if findings.prefers == "worse":
        return f"{moved}, less than by chance: see whether the columns are the right way round. {likelier}"
    return f"{moved}, which may be chance. {likelier}"


def _foreseeing(findings: WritingFindings) -> str:
    rows = "the one row" if findings.scored_rows == 1 else f"{findings.scored_rows:,} rows"
    figures = f"perplexity {number(findings.perplexity)} instead of {number(findings.base_perplexity)}"
    if not findings.scored_enough:
        only = f"only {rows}" if findings.scored_rows > 1 else rows
        return f"On {only} it never saw, nobody can tell whether the answers surprise it less than before ({figures})."
    if findings.foresees == "better":
        cut = percent(round(findings.cut.value, 3))
        how = f"{cut} % less than they surprise the untuned model"
        return f"On {rows} it never saw, the answers surprise it {how} ({figures})."
    if findings.foresees == "worse":
        return f"On {rows} it never saw, the answers surprise it more than they surprise the untuned model ({figures})."
    return f"On {rows} it never saw, it foresees the answers no better than the untuned model ({figures})."


def _answering(findings: WritingFindings) -> str:
    figures = f"chrF {number(findings.chrf)} against {number(findings.base.answers.chrf.value)}"
    if not findings.answered_enough:
        answers = "One answer is" if findings.answered_rows == 1 else f"{findings.answered_rows} answers are"
        return f"{answers} too few to tell whether it comes closer to what was expected ({figures})."
    answers = f"Its own {findings.answered_rows:,} answers are"
    if findings.answers == "better":
        return f"{answers} closer to the expected ones ({figures})."
    if findings.answers == "worse":
        return f"{answers} further from the expected ones ({figures}): don't use this model as it is."
    return f"{answers} not clearly closer to the expected ones ({figures}); the difference may be chance."


def _retrieval(findings: WritingFindings) -> str:
    figure = number(findings.retrieval.answers.chrf.value)
    if not findings.answered_enough:
        return f"Copying {findings.retrieval.name} comes to a chrF of {figure}."
    if findings.against_retrieval == "worse":
        return f"Copying {findings.retrieval.name} does clearly better ({figure}): a search may serve you better."
    if findings.against_retrieval == "similar":
        return f"Copying {findings.retrieval.name} does about as well ({figure})."
    return f"Copying {findings.retrieval.name} does worse ({figure})."


def _json(findings: WritingFindings) -> str:
    if findings.valid_json is None:
        return ""
    return f"Of its answers, {percent(round(findings.valid_json, 3))} % are valid JSON."


def _manner(findings: WritingFindings) -> str:
    penalty, bias = findings.decoding.frequency_penalty, findings.decoding.stop_bias
    faults = ["went in circles now and then"] * bool(penalty) + ["answered more briefly than your rows do"] * bool(bias)
    cures = [f"with a frequency penalty of {penalty:g}"] * bool(penalty)
    cures += [f"with a bias of {bias:g} against ending"] * bool(bias)
    if not faults:
        return ""
    return f"Left to itself it {' and '.join(faults)}: it answers {' and '.join(cures)}, as both models did here."


def _memorised(findings: WritingFindings) -> str:
    count = findings.memorisation.answers
    if not count:
        return ""
    answers = "1 answer is word for word that" if count == 1 else f"{count:,} answers are word for word those"
    return f"{answers} of a training row."


def _unread(findings: WritingFindings) -> str:
    if not findings.unread:
        return ""
    share = f"{percent(findings.share)} %"
    return f"The time was over after {share} of the rows to learn from: with a larger time budget it may do better."


def _caution(findings: WritingFindings) -> str:
    if not findings.few_answers:
        return ""
    return f"With so few answers ({findings.answered_rows}) these are rough figures."


def _knowledge(findings: WritingFindings) -> str:
    if not findings.knows_little:
        return ""
    return "A model of this size learns the form of the answers, not their facts: check what it says."


def number(value: float) -> str:
    """As `3.97`, `24.1` or `1,204`: three figures are all that is meant."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
