"""What the verdict says, case by case."""

import pytest

from tuneyard.specs.evaluation import Baseline, ClassMetrics, Interval
from tuneyard_worker.evaluators.findings import percent
from tuneyard_worker.evaluators.verdict import verdict


def baseline(kind: str, name: str, accuracy: float, low: float, high: float) -> Baseline:
    middle = (low + high) / 2
    return Baseline(
        kind=kind,
        name=name,
        accuracy=Interval(value=accuracy, low=accuracy - 0.01, high=accuracy + 0.01),
        macro_f1=accuracy,
        difference=Interval(value=middle, low=low, high=high),
    )


def class_metrics(label: str, f1: float, confused: str | None = None, support: int = 50) -> ClassMetrics:
    return ClassMetrics(label=label, precision=f1, recall=f1, f1=f1, support=support, most_confused_with=confused)


MAJORITY = baseline("majority", "always answering 'billing'", 0.21, 0.6, 0.8)
WORDS = baseline("tfidf_logistic_regression", "a simple word-count model", 0.86, 0.05, 0.1)
PREVIOUS = baseline("previous_version", "version 2", 0.925, 0.004, 0.02)
CLASSES = [class_metrics("billing", 0.97, "other"), class_metrics("other", 0.8, "refund")]
ACCURACY = Interval(value=0.937, low=0.928, high=0.945)


def test_clearly_better():
    said = verdict(ACCURACY, 3080, CLASSES, [MAJORITY, WORDS, PREVIOUS], "tickets")
    assert said.level == "better"
    assert said.en == (
        "Right 93.7 % of the time on 3,080 tickets it never saw (± 0.9); always answering 'billing' would be right "
        "21 %, a simple word-count model 86 %, version 2 92.5 %. Weakest: 'other' — most often taken for 'refund'."
    )
    assert said.zh_cn == (
        "在 3,080 条没见过的文本上，93.7% 判断正确（± 0.9）；总是回答'billing'的正确率为 21%，"
        "简单的词频模型的正确率为 86%，版本 2 的正确率为 92.5%。最弱的类别：“other”——最常被误判为“refund”。"
    )


def test_not_clearly_better_than_the_best_baseline():
    words = baseline("tfidf_logistic_regression", "a simple word-count model", 0.93, -0.002, 0.015)
    said = verdict(ACCURACY, 3080, CLASSES, [MAJORITY, words], "texts")
    assert said.level == "similar"
    assert "That is not clearly better than a simple word-count model: the difference may be chance." in said.en
    assert "它并不明显好于简单的词频模型" in said.zh_cn


def test_worse_than_the_version_before_says_keep_it():
    previous = baseline("previous_version", "version 2", 0.96, -0.03, -0.01)
    said = verdict(ACCURACY, 3080, CLASSES, [MAJORITY, WORDS, previous], "texts")
    assert said.level == "worse"
    assert "clearly worse than version 2 on the same texts: keep version 2." in said.en
    assert "请继续使用版本 2" in said.zh_cn


def test_worse_than_counting_words_says_what_to_try():
    words = baseline("tfidf_logistic_regression", "a simple word-count model", 0.97, -0.05, -0.02)
    said = verdict(ACCURACY, 3080, CLASSES, [MAJORITY, words], "texts")
    assert said.level == "worse"
    assert "clearly worse than a simple word-count model on the same texts: try a more thorough preset" in said.en
    assert "请换用更充分的预设" in said.zh_cn


def test_version_before_that_may_know_the_answers_is_named_and_not_measured_against():
    previous = baseline("previous_version", "version 2", 0.96, -0.03, -0.01).model_copy(update={"possibly_seen": 900})
    said = verdict(ACCURACY, 3080, CLASSES, [MAJORITY, WORDS, previous], "texts")
    assert said.level == "better"
    assert "version 2 96 % (it may have learnt from some of them)." in said.en
    assert "worse" not in said.en
    assert "它可能学习过其中一部分" in said.zh_cn


def test_few_rows_are_said():
    said = verdict(Interval(value=0.9, low=0.8, high=0.98), 40, CLASSES, [MAJORITY], "texts")
    assert "With so few held-out texts (40) this is a rough figure: anything from 80 % to 98 % is plausible." in said.en
    assert "只有 40 条" in said.zh_cn


def test_perfect_is_not_called_proof():
    perfect = [class_metrics("billing", 1), class_metrics("other", 1)]
    said = verdict(Interval(value=1, low=1, high=1), 30, perfect, [MAJORITY], "texts")
    assert said.en.startswith("Right on all 30 texts it never saw; always answering 'billing' would be right 21 %.")
    assert "It may still be wrong on up to 9.5 % of new texts" in said.en
    assert "Weakest" not in said.en
    assert "全部判断正确" in said.zh_cn


def test_nothing_right():
    said = verdict(Interval(value=0, low=0, high=0), 10, [class_metrics("a", 0, "b")], [MAJORITY], "texts")
    assert said.en.startswith("Wrong on all 10 texts")
    assert "anything from 0 % to 26 % is plausible" in said.en
    single = verdict(Interval(value=0, low=0, high=0), 1, [class_metrics("a", 0, "b")], [MAJORITY], "texts")
    assert single.en.startswith("Wrong on the only text it never saw")


def test_a_class_of_two_rows_is_not_the_weakest_beside_real_ones():
    classes = [*CLASSES, class_metrics("rare", 0.0, "billing", support=2)]
    assert "Weakest: 'other'" in verdict(ACCURACY, 3080, classes, [MAJORITY], "texts").en


def test_weakest_class_that_only_takes_others():
    classes = [class_metrics("billing", 0.99, "other"), class_metrics("other", 0.9)]
    assert (
        "Weakest: 'other' — other texts are taken for it." in verdict(ACCURACY, 3080, classes, [MAJORITY], "texts").en
    )


@pytest.mark.parametrize(
    ("share", "text"), [(0.937, "93.7"), (0.21, "21"), (1, "100"), (0, "0"), (0.9996, "99.96"), (0.0002, "0.02")]
)
def test_percent_never_rounds_to_certainty(share, text):
    assert percent(share) == text
