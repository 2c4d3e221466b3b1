"""What is said of a model that writes, from the figures."""

import math
import random
from dataclasses import replace

import pytest

from tuneyard.specs.decoding import Decoding
from tuneyard_worker.evaluators.card_figures import table
from tuneyard_worker.evaluators.generation_card import HEADER, MARKS
from tuneyard_worker.evaluators.text_generation import Candidate, HeldOut, evaluate

ASKED = [f"what about number {n}" for n in range(60)]
EXPECTED = [f"Number {n} is fine, thank you for asking." for n in range(60)]


def held_out(*, tuned_loss=10.0, base_loss=20.0, tuned="Number {n} is fine, thanks.", base="I do not know."):
    draw = random.Random(1)
    rows = range(len(ASKED))

    def candidate(loss, text):
        return Candidate([(loss + draw.random(), 10, 5) for _ in rows], [text.format(n=n) for n in rows])

    return HeldOut(
        rows=list(rows),
        prompts=ASKED,
        asked=ASKED,
        expected=EXPECTED,
        tuned=candidate(tuned_loss, tuned),
        base=candidate(base_loss, base),
        held_out_rows=len(ASKED),
    )


def verdict(rows, parameters=135_000_000, train=(["something else"], ["No idea at all, sorry."]), share=1.0):
    asked, answers = map(list, train)
    return evaluate(rows, train_asked=asked, train_answers=answers, parameters=parameters, share=share, seed=1)[0]


def test_figures_and_sentences_agree():
    found = verdict(held_out())
    assert found.likelihood.perplexity.value == pytest.approx(math.exp(1.05), rel=0.02)
    assert found.perplexity_cut.value == pytest.approx(1 - math.exp(-1.0), abs=0.02)
    assert found.perplexity_cut.low < found.perplexity_cut.value < found.perplexity_cut.high
    assert found.likelihood.loss.value == pytest.approx(1.05, rel=0.02)
    for end in ("low", "high"):
        loss, perplexity = getattr(found.likelihood.loss, end), getattr(found.likelihood.perplexity, end)
        assert perplexity == pytest.approx(math.exp(loss), rel=1e-6)
    assert found.verdict.level == "better"
    assert found.verdict.en.startswith("On 60 rows it never saw, the answers surprise it 6")
    assert "closer to the expected ones" in found.verdict.en
    assert "learns the form of the answers, not their facts" in found.verdict.en
    assert "困惑度" in found.verdict.zh_cn
    assert "不是事实" in found.verdict.zh_cn.replace("而不是事实", "不是事实")


def test_it_is_said_in_which_manner_both_models_answered():
    assert "Left to itself" not in verdict(held_out()).verdict.en
    found = verdict(replace(held_out(), decoding=Decoding(frequency_penalty=0.3)))
    assert found.decoding.frequency_penalty == 0.3
    assert "it answers with a frequency penalty of 0.3, as both models did here." in found.verdict.en
    assert "频率惩罚 0.3" in found.verdict.zh_cn
    found = verdict(replace(held_out(), decoding=Decoding(frequency_penalty=0.3, stop_bias=-1)))
    assert "in circles now and then and answered more briefly than your rows do" in found.verdict.en
    assert "a frequency penalty of 0.3 and with a bias of -1 against ending" in found.verdict.en
    assert "结束偏置 -1" in found.verdict.zh_cn


def test_a_large_model_is_not_told_to_know_nothing():
    assert "form of the answers" not in verdict(held_out(), parameters=8_000_000_000).verdict.en


def test_no_change_is_called_that():
    same = verdict(held_out(tuned_loss=20.0, tuned="I do not know."))
    assert same.verdict.level == "similar"
    assert "no better than the untuned model" in same.verdict.en
    assert "may be chance" in same.verdict.en


def test_worse_answers_are_called_worse_whatever_the_perplexity():
    worse = verdict(held_out(tuned="zzz", base="Number {n} is fine, thanks."))
    assert worse.verdict.level == "worse"
    assert "don't use this model" in worse.verdict.en


@pytest.mark.parametrize("count", [1, 5])
def test_from_a_few_rows_nothing_is_concluded(count):
    whole = held_out()
    few = replace(
        whole,
        expected=whole.expected[:count],
        tuned=Candidate(whole.tuned.foreseen[:count], whole.tuned.answers[:count]),
        base=Candidate(whole.base.foreseen[:count], whole.base.answers[:count]),
    )
    found = verdict(few, train=(ASKED, EXPECTED)).verdict
    assert found.level == "similar"
    for claim in ("surprise it 6", "Its own", "clearly", "worse", "about as well"):
        assert claim not in found.en
    for claim in ("低 ", "更好", "更差", "相近"):
        assert claim not in found.zh_cn
    assert "too few" in found.en


def test_copying_that_does_better_is_recommended_and_memory_is_told():
    found = verdict(held_out(tuned="Number 3 is fine, thank you for asking."), train=(ASKED, EXPECTED))
    assert found.verdict.level == "similar"
    assert "a search may serve you better" in found.verdict.en
    assert found.memorisation.expected == 60
    assert found.memorisation.answers == 60
    assert "60 answers are word for word those of a training row" in found.verdict.en


def test_json_is_counted_where_json_is_expected():
    rows = held_out(tuned='{{"n": {n}}}', base="none")
    rows = HeldOut(**(vars(rows) | {"expected": [f'{{"n": {n}}}' for n in range(60)]}))
    found = verdict(rows)
    assert (found.answers.valid_json.value, found.baselines[0].answers.valid_json.value) == (1.0, 0.0)
    assert "100 % are valid JSON" in found.verdict.en
    assert verdict(held_out()).answers.valid_json is None


def test_every_figure_has_the_interval_of_its_rows():
    """Rows of 10 tokens, of which one or nine are right; of long ones more is at stake."""
    rows = held_out(tuned='{{"n": {n}}}', base="none")
    expected = [f'{{"n": {n}}}' for n in range(60)]
    tuned = replace(
        rows.tuned,
        foreseen=[(10.0, 10, 1 if n % 2 else 9) for n in range(60)],
        answers=[text if n % 4 else "none" for n, text in enumerate(expected)],
    )
    found = verdict(replace(rows, expected=expected, tuned=tuned))
    # The standard error of a mean of 60, times 1.96 on either side.
    for figure, value, deviation in (
        (found.likelihood.token_accuracy, 0.5, 0.4),
        (found.answers.valid_json, 0.75, 0.75**0.5 * 0.5),
    ):
        assert figure.value == pytest.approx(value)
        assert figure.high - figure.low == pytest.approx(2 * 1.96 * deviation / 60**0.5, rel=0.1)
    assert found.likelihood.loss.low == found.likelihood.loss.high == 1.0
    share = MARKS.share(found.answers.valid_json)
    card = table(found, ["this model", "untuned", "copied"], HEADER, MARKS)
    assert card.startswith("| model | perplexity | token accuracy | chrF | ROUGE-L | exact | valid JSON |")
    assert share.startswith("75 % (6")
    assert share in card
    plain = table(verdict(held_out()), ["this model", "untuned", "copied"], HEADER, MARKS)
    assert "JSON" not in plain
    assert {line.count("|") for line in plain.splitlines()} == {7}


def weighing(rows, gains):
    """With answers that are not wanted: how much more each wanted one is the likelier since it was taught."""

    def with_others(candidate, margins):
        others = [loss + margin for (loss, _, _), margin in zip(candidate.foreseen, margins, strict=True)]
        return replace(candidate, rejected=others)

    return replace(
        rows,
        tuned=with_others(rows.tuned, [gain - 0.5 for gain in gains]),
        base=with_others(rows.base, [-0.5] * len(gains)),
    )


@pytest.mark.parametrize(
    ("gains", "level", "words"),
    [
        ([1.0] * 50 + [-1.0] * 10, "better", "towards the better one in 83.3 % (73.3 to 9"),
        ([1.0] * 60, "better", "100 % (95.1 to 100 %), where half would be chance"),
        ([1.0] * 30 + [-1.0] * 30, "similar", "which may be chance"),
        ([1.0] * 10 + [-1.0] * 50, "worse", "the columns are the right way round"),
        ([0.0] * 60, "similar", "in 50 % (50 to 50 %), which may be chance"),
        ([0.0] * 20 + [1.0] * 40, "better", "in 83.3 % (7"),
    ],
)
def test_preferences_decide_where_they_were_learnt(gains, level, words):
    found = verdict(weighing(held_out(tuned_loss=21.0), gains))
    assert found.verdict.level == level
    assert words in found.verdict.en
    assert "60 对回答" in found.verdict.zh_cn
    assert found.preference.pairs == 60
    assert found.preference.preferred.value == pytest.approx((gains.count(1.0) + gains.count(0.0) / 2) / 60)
    assert (found.preference.likelier, found.preference.base_likelier) == (gains.count(1.0) / 60, 0.0)


def test_the_interval_of_preferences_is_the_same_everywhere():
    preferred = verdict(weighing(held_out(), [1.0] * 60)).preference.preferred
    assert (preferred.low, preferred.high) == (pytest.approx(0.951, abs=1e-3), 1.0)


def test_preferences_do_not_excuse_worse_answers():
    found = verdict(weighing(held_out(tuned="zzz", base="Number {n} is fine, thanks."), [1.0] * 60))
    assert found.verdict.level == "worse"


def test_rows_that_there_was_no_time_for_are_told():
    whole, part = (verdict(held_out(), share=share).verdict for share in (1.0, 0.1234))
    assert "The time was over after 12.3 % of the rows to learn from: with a larger time budget" in part.en
    assert "时间只够学习训练数据的 12.3%" in part.zh_cn
    assert "The time was over" not in whole.en
    assert "时间只够" not in whole.zh_cn
    assert "100 %" not in verdict(held_out(), share=0.9999).verdict.en
