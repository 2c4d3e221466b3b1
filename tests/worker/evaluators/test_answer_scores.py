"""How close answers come: known values, and languages without spaces."""

import random

import pytest

from tuneyard_worker.evaluators.answer_scores import chrf, exact, longest_common, rouge_l, valid_json
from tuneyard_worker.evaluators.retrieval import nearest_answers


def plain_longest_common(one, other):
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            table[i + 1][j + 1] = table[i][j] + 1 if a == b else max(table[i][j + 1], table[i + 1][j])
    return table[-1][-1]


def test_the_longest_common_sequence_is_that_of_the_plain_algorithm():
    draw = random.Random(3)
    for _ in range(200):
        one, other = (draw.choices("abcd", k=draw.randint(0, 90)) for _ in range(2))
        assert longest_common(one, other) == plain_longest_common(one, other)


@pytest.mark.parametrize(
    ("answer", "expected", "score"),
    [
        # The example of the paper, section 3.1: 3 of 4 words in order, and 2 of 4.
        ("police kill the gunman", "police killed the gunman", 75.0),
        ("the gunman kill police", "police killed the gunman", 50.0),
        ("", "something", 0.0),
        ("今天天气好", "今天天气很好", 100 * 2 * 5 / 11),
        # As rouge-score 0.1.2 has it, which knows no letters but English ones.
        (
            "Your parcel, no. 12-B, left on Monday; it's late.",
            "Parcel 12 B left us on Monday, so it is a bit late!",
            66.6667,
        ),
        ("Take 2 tablets twice a day (with water).", "Take two tablets, twice a day, with a glass of water.", 73.6842),
        ("Reset it in Settings > Account.", "You can reset your password in the settings of your account.", 50.0),
    ],
)
def test_rouge_l(answer, expected, score):
    assert rouge_l([answer], [expected])[0] == pytest.approx(score, abs=1e-4)


def test_chrf_and_exact_match():
    same, near, far = chrf(["Hello there", "Hello thero", "xyz"], ["Hello there"] * 3)
    assert same == pytest.approx(100)
    assert 100 > near > far == 0
    assert exact(["a  b\n", "a b.", ""], ["a b"] * 3).tolist() == [1, 0, 0]


def test_json():
    assert valid_json(['{"a": 1}', "[1]", "1", "{", "[" * 100_000]).tolist() == [1, 1, 0, 0, 0]


def test_the_answer_of_the_most_similar_question_is_taken():
    asked = ["how do I reset my password", "where is my parcel", "can I pay by card"]
    answers = ["Click reset.", "On its way.", "Yes."]
    assert nearest_answers(asked, answers, ["my password please reset", "a parcel", "???"])[:2] == answers[:2]
    assert nearest_answers(["...", "???"], ["a", "b"], ["!!!"]) == ["a"]
