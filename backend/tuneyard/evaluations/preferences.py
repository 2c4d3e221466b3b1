"""What votes on two answers come to, in numbers and in a plain sentence."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from tuneyard.evaluations.models import Preference
from tuneyard.evaluations.paired import compare, paired_difference
from tuneyard.evaluations.preference_schemas import Tally
from tuneyard.specs.evaluation import Verdict

Votes = Sequence[tuple[int, Preference]]
"""Each with its row."""
MEANING = {
    "better": ("So the tuned model's answers are better.", "因此微调后的回答更好。"),
    "similar": ("That may be chance: more rows would tell.", "这可能只是偶然：更多的行才能说明问题。"),
    "worse": ("So the untuned model's answers are better.", "因此微调前的回答更好。"),
}


def tally(votes: Votes, *, of_judge: bool = False) -> Tally:
    """Count votes, or rows `of_judge`.

    The interval is one of rows, not of votes, as people who vote on the same row see the same.
    """
    counts = Counter(preferred for _, preferred in votes)
    tuned, base, tie = (counts[each] for each in (Preference.TUNED, Preference.BASE, Preference.TIE))
    rows = Counter(_by_row(votes).values())
    total = rows.total()
    if not total:
        return Tally(tuned=0, base=0, tie=0, rows=0, difference=None, level=None, verdict=None)
    difference = paired_difference(rows[Preference.TUNED], rows[Preference.BASE], total)
    level = compare(difference)
    said = _of_judge(tuned, base, tie) if of_judge else _of_people(tuned, base, tie, total)
    english, chinese = (f"{counts}{meaning}" for counts, meaning in zip(said, MEANING[level], strict=True))
    verdict = Verdict.model_validate({"en": english, "zh-CN": chinese, "level": level})
    return Tally(tuned=tuned, base=base, tie=tie, rows=total, difference=difference, level=level, verdict=verdict)


def _of_people(tuned: int, base: int, tie: int, rows: int) -> tuple[str, str]:
    """The counts in English and in Chinese."""
    votes = tuned + base + tie
    return (
        f"Of {_counted(votes, 'vote')} on {_counted(rows, 'row')}, {tuned:,} {_verb('prefer', tuned)} the tuned "
        f"model's answer, {base:,} the untuned one's, and {tie:,} {_verb('see', tie)} no difference. ",
        f"在 {rows:,} 行的 {votes:,} 张投票中，{tuned:,} 张认为微调后的回答更好，"
        f"{base:,} 张认为微调前的更好，{tie:,} 张认为没有差别。",
    )


def _of_judge(tuned: int, base: int, tie: int) -> tuple[str, str]:
    """The same, of one that has looked at each row once."""
    rows = tuned + base + tie
    return (
        f"Of {_counted(rows, 'row')}, this judge prefers the tuned model's answer on {tuned:,} and the untuned one's "
        f"on {base:,}; on {tie:,} it sees no difference. ",
        f"在 {rows:,} 行中，该评判模型认为微调后的回答更好的有 {tuned:,} 行，"
        f"微调前的回答更好的有 {base:,} 行，没有差别的有 {tie:,} 行。",
    )


def _by_row(votes: Iterable[tuple[int, Preference]]) -> dict[int, Preference]:
    """What most of those think who voted on a row."""
    sums: dict[int, int] = defaultdict(int)
    worth = {Preference.TUNED: 1, Preference.BASE: -1, Preference.TIE: 0}
    for row, preferred in votes:
        sums[row] += worth[preferred]
    return {row: _of_sign(total) for row, total in sums.items()}


def _of_sign(total: int) -> Preference:
    if total == 0:
        return Preference.TIE
    return Preference.TUNED if total > 0 else Preference.BASE


def _counted(count: int, word: str) -> str:
    return f"1 {word}" if count == 1 else f"{count:,} {word}s"


def _verb(word: str, count: int) -> str:
    return f"{word}s" if count == 1 else word
