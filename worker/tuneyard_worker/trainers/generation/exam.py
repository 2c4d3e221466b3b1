"""The exam: the exported model and the base model it came from foresee and answer the held-out rows."""

import random
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import Any

from tuneyard.specs.decoding import Decoding
from tuneyard.specs.generation_evaluation import GenerationEvaluation
from tuneyard.specs.job import TextGenerationSpec
from tuneyard_worker.data.facts import counted
from tuneyard_worker.data.plain_tokenizer import PlainTokenizer
from tuneyard_worker.evaluators.generation_report import write_evaluation
from tuneyard_worker.evaluators.text_generation import Candidate, HeldOut, evaluate
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.trainers.checkpoints import Checkpoints, Part
from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.generation.answering import Answer, Answering, Asked, answering
from tuneyard_worker.trainers.generation.causal_models import CausalModel, dtype_for, load
from tuneyard_worker.trainers.generation.export import ADAPTER
from tuneyard_worker.trainers.generation.lesson import Lesson, Written
from tuneyard_worker.trainers.generation.likelihood import Foreseen, foresee
from tuneyard_worker.trainers.generation.manner import choose_manner
from tuneyard_worker.trainers.generation.pens import Pen, Pens, Served
from tuneyard_worker.trainers.generation.tuning import Tuned
from tuneyard_worker.trainers.generation.unspoken import without_empty_thoughts
from tuneyard_worker.trainers.progress import Progress

# Of these the adapters are added while the base model writes, as in serving; others are in the whole model only.
ADDED = ("lora", "rslora", "qlora")
# More rows would make the exam longer and its figures hardly surer.
MOST_ROWS = 5000
ROWS_AT_ONCE = 16
# Of the time of the exam, that of the tuned model, which is also asked in which manner it answers best.
TUNED = 0.6
# Of the time of the exam, that in which a model foresees, and that in which a manner is found. In the rest it answers.
FORESEEING, CHOOSING = 0.15, 0.27


@dataclass
class Sitting:
    """What one model has done of the exam so far."""

    foreseen: list[Foreseen]
    answers: list[str]
    longest: int
    """Tokens after which answers end."""
    at_once: int = 1
    """Rows that are foreseen next."""
    decoding: Decoding | None = None
    """With which it answers; None until that is known."""
    tried: list[list[Answer]] = field(default_factory=list)
    """What it answered to other rows in each of the manners from which that is chosen."""

    def state(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {
            "foreseen": [astuple(each) for each in self.foreseen],
            "answers": self.answers,
            "longest": self.longest,
            "at_once": self.at_once,
            "decoding": self.decoding and self.decoding.model_dump(),
            "tried": [[astuple(each) for each in some] for some in self.tried],
        }

    @classmethod
    def of(cls, state: dict[str, Any]) -> "Sitting":
        foreseen = [Foreseen(*each) for each in state["foreseen"]]
        kept = state["decoding"]
        decoding = None if kept is None else Decoding(**kept)
        tried = [[Answer(*each) for each in some] for some in state["tried"]]
        return cls(foreseen, list(state["answers"]), state["longest"], state["at_once"], decoding, tried)


@dataclass(frozen=True)
class Time:
    """Of one model's exam."""

    began: float
    seconds: float
    share: float
    """Of the whole exam."""
    clock: Callable[[], float]

    @property
    def left(self) -> float:
        """Seconds until it is over."""
        return self.left_of(self.share)

    def left_of(self, share: float) -> float:
        """Seconds until this share of the whole exam is over, from when this model began."""
        return self.began + self.seconds * share / self.share - self.clock()


@dataclass(frozen=True)
class Exam:
    """The held-out rows in the order in which they are asked, and by when it has to be over."""

    rows: list[Written]
    choosing: list[Written]
    """Others, that were not learnt from either; they may choose how it answers."""
    how: Answering
    most_answers: int
    compute: Compute

    def sit(
        self,
        open_model: Callable[[], CausalModel],
        open_pen: Callable[[CausalModel], Pen],
        part: Part,
        until: float,
        clock: Callable[[], float],
        tell: Callable[[float], None],
        most: Sitting | None = None,
    ) -> Sitting:
        """One model takes the exam, the first rows first, until the clock says so.

        After another one that is `most` it is asked no more rows than that, may write no longer answers, and
        writes them in the same manner.
        """
        if (kept := part.result()) is not None:
            return Sitting.of(kept)
        sitting, began = Sitting([], [], self.how.longest), clock()
        if most:
            sitting.longest, sitting.decoding = most.longest, most.decoding
        if (before := part.state()) is not None:
            sitting, began = Sitting.of(before), before["began"]
        time = Time(began, until - began, 1 - TUNED if most else TUNED, clock)
        base = open_model()
        base.model.to(self.compute.device)  # type: ignore[arg-type]
        rows = self.rows[: len(most.foreseen)] if most else self.rows
        asked = self.rows[: len(most.answers) if most else self.most_answers]

        def reached() -> None:
            first = FORESEEING / time.share
            done = first * len(sitting.foreseen) / len(rows) + (1 - first) * len(sitting.answers) / len(asked)
            tell(min(done, 0.99))
            part.reached(len(sitting.foreseen) + len(sitting.answers), lambda: sitting.state() | {"began": began})

        self._foresee_in(time, base, rows, sitting, reached)
        pen = open_pen(base)
        # Not needed by every pen, and as large as all the rest.
        del base
        if sitting.decoding is None:
            sitting.decoding = choose_manner(
                pen,
                self.choosing,
                self.how,
                sitting.tried,
                lambda share: time.left_of(FORESEEING + share * CHOOSING),
                reached,
            )
            reached()
        self._answer_in(time, pen, asked, sitting, reached)
        part.finish(sitting.state())
        return sitting

    def _foresee_in(
        self, time: Time, base: CausalModel, rows: Sequence[Written], sitting: Sitting, reached: Callable[[], None]
    ) -> None:
        """One row first, then as many at once as there is time for by how long the last ones took."""
        while len(sitting.foreseen) < len(rows) and sitting.at_once:
            before = time.left_of(FORESEEING)
            some = rows[len(sitting.foreseen) :][: sitting.at_once]
            sitting.foreseen += self._foresee(base, some)
            each = max((before - time.left_of(FORESEEING)) / len(some), 1e-6)
            fits = int(time.left_of(FORESEEING) / each)
            sitting.at_once = max(0, min(2 * sitting.at_once, ROWS_AT_ONCE, fits))
            reached()

    def _answer_in(
        self, time: Time, pen: Pen, rows: Sequence[Written], sitting: Sitting, reached: Callable[[], None]
    ) -> None:
        """As many as there is time for; where there is none for the first of them, their answers end where they are."""

        def add(answers: list[Answer]) -> None:
            sitting.answers += [answer.text for answer in answers]
            reached()

        prompts = [row.prompt_ids for row in rows[len(sitting.answers) :]]
        how = replace(self.how, longest=sitting.longest, decoding=sitting.decoding or self.how.decoding)
        sitting.longest = pen.answer(Asked(prompts, how, lambda: time.left, add, may_cut=not sitting.answers))

    def _foresee(self, base: CausalModel, rows: Sequence[Written]) -> list[Foreseen]:
        """How well the answers of some conversations are foreseen, each conversation as a whole."""
        examples = [without_empty_thoughts(example, self.how.thought) for row in rows for example in row.read]
        found = iter(foresee(base.model, examples, self.how.pad_token_id, self.compute))
        return [_whole([next(found) for _ in row.examples], next(found).loss if row.rejected else None) for row in rows]


def _whole(parts: Sequence[Foreseen], rejected: float | None) -> Foreseen:
    """One conversation of its parts."""
    loss, tokens, right = (sum(e.loss for e in parts), sum(e.tokens for e in parts), sum(e.right for e in parts))
    return Foreseen(loss, tokens, right, rejected)


def examine(
    spec: TextGenerationSpec,
    job: JobDirectory,
    lesson: Lesson,
    learnt: Tuned,
    exported: Path,
    pens: Pens,
    checkpoints: Checkpoints,
    progress: Progress,
    elsewhere: float,
) -> GenerationEvaluation:
    """Put the exported model and its base through the exam and write `evaluation/`.

    So many seconds of the time budget were needed `elsewhere`, or will be.
    """
    hyper = spec.hyperparameters
    rows = lesson.side(lesson.splits.test)
    random.Random(spec.seed).shuffle(rows)  # noqa: S311 - it must be repeatable, not secret
    job.log("writing_exam", f"The exported model answers rows that were held out: {len(rows):,}.", rows=len(rows))
    choosing = lesson.side(lesson.splits.validation)
    exam = Exam(rows[:MOST_ROWS], choosing, answering(spec, lesson), hyper.exam_answers, pens.compute)
    dtype = dtype_for(pens.compute, hyper.tuning)
    # The time counts from here also where an earlier attempt was interrupted in the exam.
    began = float(checkpoints.part("exam-began").once(checkpoints.seconds))
    left = hyper.time_budget_seconds - elsewhere - began

    def sit(name: str, folder: Path, served: Served, until: float, most: Sitting | None) -> Sitting:
        start, share = (TUNED, 1 - TUNED) if most else (0.0, TUNED)
        return exam.sit(
            lambda: load(folder, spec.base_model.name, dtype),
            lambda base: pens.of(base, served),
            checkpoints.part(f"exam-{name}"),
            until,
            checkpoints.seconds,
            lambda done: progress.update("exam", start + share * done),
            most,
        )

    untuned = Served(spec.base_model.path)
    adapter = job.artifact / ADAPTER
    served = Served(untuned.weights, adapter) if hyper.tuning in ADDED else Served(exported)
    tuned = sit("tuned", exported, served, began + TUNED * left, None)
    base = sit("base", untuned.weights, untuned, began + left, tuned)
    pens.put_away()
    if base.longest < exam.how.longest:
        _cut_answers(tuned, base.longest, exported, job)
    return _compare(spec, job, lesson, learnt, exam, tuned, base)


def _cut_answers(tuned: Sitting, tokens: int, exported: Path, job: JobDirectory) -> None:
    """Those of the tuned model end where those of the untuned one had to: else the time would be compared."""
    job.log(
        "exam_answers_cut",
        f"The time was short: answers of the exam end after {counted(tokens, 'token')}.",
        "warning",
        tokens=tokens,
    )
    tokenizer = PlainTokenizer(exported)
    tuned.answers = ["".join(tokenizer.texts(text)[:tokens]) for text in tuned.answers]


def _compare(
    spec: TextGenerationSpec,
    job: JobDirectory,
    lesson: Lesson,
    learnt: Tuned,
    exam: Exam,
    tuned: Sitting,
    base: Sitting,
) -> GenerationEvaluation:
    scored, answered = len(base.foreseen), len(base.answers)
    rows = exam.rows[: max(scored, answered)]
    held_out = HeldOut(
        rows=[row.conversation.row for row in rows],
        prompts=[row.prompt for row in rows],
        asked=[row.conversation.asked for row in rows],
        expected=[row.expected for row in rows],
        tuned=_candidate(tuned.foreseen[:scored], tuned.answers[:answered]),
        base=_candidate(base.foreseen, base.answers),
        held_out_rows=len(lesson.splits.test),
        decoding=tuned.decoding or exam.how.decoding,
    )
    taught = lesson.side(lesson.splits.not_held_out)
    evaluation, retrieved = evaluate(
        held_out,
        train_asked=[row.conversation.asked for row in taught],
        train_answers=[row.expected for row in taught],
        parameters=lesson.parameters,
        share=learnt.share,
        seed=spec.seed,
    )
    write_evaluation(job.artifact / "evaluation", evaluation, held_out, retrieved)
    job.log("verdict", evaluation.verdict.en, sentence=evaluation.verdict.zh_cn)
    return evaluation


def _candidate(foreseen: Sequence[Foreseen], answers: list[str]) -> Candidate:
    rejected = [each.rejected for each in foreseen if each.rejected is not None]
    return Candidate([(each.loss, each.tokens, each.right) for each in foreseen], answers, rejected)
