"""In which manner a model is found to answer best."""

from dataclasses import dataclass, field

import pytest

from tuneyard.specs.decoding import Decoding
from tuneyard_worker.data.conversations import Conversation
from tuneyard_worker.data.messages import Message
from tuneyard_worker.stopping import Stopped
from tuneyard_worker.trainers.generation.answering import Answer, Answering, Asked
from tuneyard_worker.trainers.generation.lesson import Written
from tuneyard_worker.trainers.generation.manner import PENALTY, STOP_BIASES, choose_manner

HOW = Answering(stop_ids=[], pad_token_id=0, longest=9)
GOOD = "This is the answer that was expected."
SHORT, SHORTER = "This is the answer.", "This is."
MILD, STRONG = STOP_BIASES
PLAIN, PENALISED, BIASED = Decoding(), Decoding(frequency_penalty=PENALTY), Decoding(stop_bias=MILD)


def rows(count: int) -> list[Written]:
    conversation = Conversation(1, [Message("user", "Well?"), Message("assistant", GOOD)])
    return [Written(conversation, [], "", [place]) for place in range(count)]


@dataclass
class Says:
    """A pen that gives these answers, by the manner, else those of the plain one; and what it was asked."""

    known: dict[tuple[float, float], list[Answer]]
    asked: list[Decoding] = field(default_factory=list)

    def answer(self, asked: Asked) -> int:
        manner = asked.how.decoding
        self.asked.append(manner)
        given = self.known.get((manner.frequency_penalty, manner.stop_bias), self.known[0, 0])
        asked.add(given[: len(asked.prompts)])
        return asked.how.longest


def says(
    plain: list[Answer],
    penalised: list[Answer] | None = None,
    biased: list[Answer] | None = None,
    strongly: list[Answer] | None = None,
) -> Says:
    """With both at once it answers as with the bias."""
    known = {(0, 0): plain, (PENALTY, 0): penalised}
    known |= {(penalty, bias): each for penalty in (0, PENALTY) for bias, each in ((MILD, biased), (STRONG, strongly))}
    return Says({manner: given for manner, given in known.items() if given is not None})


def answers(good: int, circling: int, text: str = GOOD) -> list[Answer]:
    return [Answer(text, ends=True)] * good + [Answer(9 * text, ends=False)] * circling


def choose(pen: Says, count: int = 20) -> Decoding:
    return choose_manner(pen, rows(count), HOW, [], lambda _: 60.0)


def test_one_whose_answers_end_and_are_long_enough_is_left_alone():
    pen = says(answers(20, 0))
    assert choose(pen) == PLAIN
    assert pen.asked == [PLAIN], "nothing else is tried"


def test_one_that_goes_in_circles_is_kept_from_it():
    pen = says(answers(14, 6), answers(20, 0))
    assert choose(pen) == PENALISED
    assert pen.asked == [PLAIN, PENALISED]


def test_one_that_ends_too_soon_is_held_back():
    assert choose(says(answers(20, 0, SHORT), biased=answers(20, 0))) == BIASED
    both = says(answers(14, 6, SHORT), answers(20, 0, SHORT), answers(20, 0))
    assert choose(both) == Decoding(frequency_penalty=PENALTY, stop_bias=MILD)


def test_a_penalty_and_a_bias_may_be_better_together_only():
    pen = says(answers(14, 6, SHORT), answers(14, 6, SHORT), answers(20, 0))
    assert choose(pen) == Decoding(frequency_penalty=PENALTY, stop_bias=MILD)


def test_and_more_so_if_it_still_does():
    shorter, short = answers(20, 0, SHORTER), answers(20, 0, SHORT)
    assert choose(says(shorter, biased=short, strongly=answers(20, 0))) == Decoding(stop_bias=STRONG)
    assert choose(says(shorter, biased=short, strongly=short)) == BIASED
    assert choose(says(shorter, biased=short, strongly=answers(0, 20))) == BIASED


def test_of_manners_that_are_about_as_good_the_one_with_answers_as_long_as_expected():
    """With the strong bias some are better and more are worse: on the average by less than chance may be."""
    luck = answers(7, 0) + answers(13, 0, SHORTER + " And that, you know, is it.")
    assert choose(says(answers(20, 0, SHORTER), biased=answers(20, 0, SHORT), strongly=luck)) == Decoding(
        stop_bias=STRONG
    )
    both = says(answers(14, 6, SHORTER), answers(20, 0, SHORT), answers(20, 0, SHORT), luck)
    assert choose(both) == Decoding(frequency_penalty=PENALTY, stop_bias=STRONG)


def test_but_not_one_that_is_clearly_worse_than_the_best():
    longer = answers(20, 0, "This is the answer? By no means, no.")
    assert choose(says(answers(20, 0, SHORTER), biased=answers(20, 0, SHORT), strongly=longer)) == BIASED


def test_manners_are_compared_on_the_rows_that_both_answered():
    shorter, short = answers(20, 0, SHORTER), answers(12, 0, SHORT)
    assert choose(says(shorter, biased=short, strongly=short + answers(8, 0))) == BIASED
    assert choose(says(shorter, biased=short + answers(8, 0), strongly=answers(12, 0))) == Decoding(stop_bias=STRONG)


def test_an_answer_that_is_cut_where_the_expected_one_goes_on_is_no_circle():
    cut = [Answer(SHORT, ends=False)] * 20
    assert choose(says(answers(20, 0, SHORTER), biased=cut, strongly=cut)) == BIASED


@pytest.mark.parametrize(
    "penalised",
    [answers(20, 0, "Something that is altogether beside the point"), answers(14, 6), answers(15, 5)],
    ids=["worse answers", "no difference", "a difference that may be chance"],
)
def test_but_not_if_that_does_not_clearly_help(penalised):
    assert choose(says(answers(14, 6), penalised)) == PLAIN


@pytest.mark.parametrize("biased", [answers(20, 0, SHORT), answers(20, 0, GOOD + " And so on."), answers(20, 0, "Hm.")])
def test_nor_if_that_makes_answers_no_closer_or_too_long(biased):
    assert choose(says(answers(20, 0, SHORT), biased=biased)) == PLAIN


def test_who_wants_it_to_end_is_asked_meanwhile():
    def enough():
        raise Stopped

    with pytest.raises(Stopped):
        choose_manner(says(answers(20, 0)), rows(20), HOW, [], lambda _: 60.0, enough)


def test_a_few_answers_tell_nothing():
    assert choose(says(answers(0, 7)), count=7) == PLAIN
    assert choose(says(answers(0, 20), answers(7, 0))) == PLAIN
