"""Who writes the answers of the exam, and for how long."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from coroutines import aside
from tuneyard.specs.decoding import Decoding
from tuneyard_worker.failures import JobFailure
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.room import Room
from tuneyard_worker.stopping import Stopped
from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.generation.answering import Answer, Answering, Asked
from tuneyard_worker.trainers.generation.causal_models import load
from tuneyard_worker.trainers.generation.engine_pen import EnginePen
from tuneyard_worker.trainers.generation.pens import Pens, Served, TransformersPen

PROMPTS = [[65 + place] * (3 + place % 4) for place in range(11)]
HOW = Answering(stop_ids=[], pad_token_id=0, longest=5)
ALONE = Compute(threads=1, bf16=False)


@pytest.fixture(scope="module")
def loaded(tiny_llama):
    return load(tiny_llama, "tiny", torch.float32)


@pytest.fixture
def pens(tmp_path):
    return Pens(ALONE, 1, JobDirectory(tmp_path), Room((tmp_path,)))


@pytest.fixture
def pen(pens, loaded, tiny_llama):
    found = pens.of(loaded, Served(tiny_llama))
    assert isinstance(found, EnginePen)
    return found


def answers(pen, seconds: float, *, may_cut: bool = True, how: Answering = HOW) -> tuple[list[str], int]:
    heard: list[Answer] = []
    longest = aside(lambda: pen.answer(Asked(PROMPTS, how, lambda: seconds, heard.extend, may_cut)))
    return [each.text for each in heard], longest


def test_all_are_answered_in_their_order_however_many_there_are(pen, loaded):
    texts, longest = answers(pen, 60.0)
    assert longest == 5
    assert len(texts) == len(PROMPTS)
    expected, _ = answers(TransformersPen(loaded, ALONE), 60.0)
    # The weights of the engine have 8 bits, so where two tokens are equally likely it may write the other one.
    same = sum(one == other for one, other in zip(texts, expected, strict=True))
    assert same >= 8, list(zip(texts, expected, strict=True))


def test_both_pens_keep_from_repeating_in_the_same_way(pen, loaded):
    how = replace(HOW, longest=8, decoding=Decoding(frequency_penalty=2.0))
    plain, _ = answers(pen, 60.0, how=replace(how, decoding=Decoding()))
    texts, _ = answers(pen, 60.0, how=how)
    expected, _ = answers(TransformersPen(loaded, ALONE), 60.0, how=how)
    assert sum(one == other for one, other in zip(texts, expected, strict=True)) >= 8
    assert texts != plain


@pytest.mark.parametrize("by_engine", [True, False])
def test_both_pens_end_less_willingly_with_a_bias(pen, loaded, by_engine):
    writes = pen if by_engine else TransformersPen(loaded, ALONE)
    some = list(range(0, loaded.model.config.vocab_size, 2))
    counts = []
    for bias in (0.0, -100.0):
        heard: list[Answer] = []
        how = replace(HOW, stop_ids=some, decoding=Decoding(stop_bias=bias))
        aside(writes.answer, Asked(PROMPTS, how, lambda: 60.0, heard.extend, may_cut=False))
        counts.append(sum(each.ends for each in heard))
    assert counts[0] > 0
    assert counts[1] == 0


@pytest.mark.parametrize("by_engine", [True, False])
def test_an_answer_says_whether_it_came_to_its_end(pen, loaded, by_engine):
    writes = pen if by_engine else TransformersPen(loaded, ALONE)
    heard: list[Answer] = []
    aside(lambda: writes.answer(Asked(PROMPTS[:1], HOW, lambda: 60.0, heard.extend, may_cut=False)))
    every_token = list(range(loaded.model.config.vocab_size))
    at_once = replace(HOW, stop_ids=every_token)
    aside(lambda: writes.answer(Asked(PROMPTS[:1], at_once, lambda: 60.0, heard.extend, may_cut=False)))
    assert [each.ends for each in heard] == [False, True]
    assert heard[1].text == ""


def test_without_time_the_first_ones_end_where_they_are(pen):
    texts, longest = answers(pen, 0.0)
    assert 1 <= longest < 5
    assert 1 <= len(texts) <= 8


def test_what_is_not_finished_is_no_answer_where_others_are(pen):
    assert answers(pen, 0.0, may_cut=False) == ([], 5)


def test_asked_to_stop_it_stops(pen, monkeypatch):
    monkeypatch.setattr("tuneyard_worker.trainers.generation.engine_pen.SECONDS_BETWEEN_LOOKS", 0.0)
    heard: list[Answer] = []

    def add(given: list[Answer]) -> None:
        heard.extend(given)
        raise Stopped

    with pytest.raises(Stopped):
        aside(lambda: pen.answer(Asked(PROMPTS, replace(HOW, longest=60), lambda: 60.0, add, may_cut=True)))
    assert len(heard) < len(PROMPTS)


def test_a_graph_is_made_once_and_put_away(pens, pen, loaded, tiny_llama):
    made = (pen.graph / "decoder.json").stat().st_mtime_ns
    again = pens.of(loaded, Served(tiny_llama))
    assert (again.graph / "decoder.json").stat().st_mtime_ns == made
    pens.put_away()
    assert not pen.graph.exists()


def test_without_room_for_a_graph_transformers_writes(tmp_path, loaded, tiny_llama):
    class NoRoom(Room):
        def ensure(self, wanted: int, what: str) -> None:
            raise JobFailure("disk_full", f"There is no room for {what}.", "Free some.")

    pens = Pens(ALONE, 1, JobDirectory(tmp_path), NoRoom((Path(tmp_path),)))
    for _ in range(2):
        assert isinstance(pens.of(loaded, Served(tiny_llama)), TransformersPen)
    [told] = [json.loads(line)["data"] for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert (told["code"], told["level"]) == ("exam_without_engine", "warning")
    assert "There is no room for the model as it is run." in told["message"]
