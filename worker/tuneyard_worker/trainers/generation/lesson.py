"""Everything a model that writes is taught from: conversations, their tokens, and which of them are held out."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from tuneyard.specs.job import DatasetRef, TextGenerationSpec
from tuneyard.specs.tasks import Role, columns_of
from tuneyard_worker.data.chat_findings import rows_of
from tuneyard_worker.data.chat_text import ChatText, alike_within, out_of_reach, spoken
from tuneyard_worker.data.conversations import Conversation, Problem, Shape
from tuneyard_worker.data.facts import LINES_NAMED, counted, listed
from tuneyard_worker.data.file_lines import FileLines
from tuneyard_worker.data.messages import NotAConversation
from tuneyard_worker.data.splits import Splits, chosen_by, split_rows
from tuneyard_worker.data.staging import literal
from tuneyard_worker.failures import JobFailure
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.trainers.generation.causal_models import CausalModel
from tuneyard_worker.trainers.generation.examples import Example, encode
from tuneyard_worker.trainers.generation.preferences import Pair

FEWEST_CONVERSATIONS = 10
TOLD_PROBLEMS = 20


@dataclass(frozen=True)
class Source:
    """The conversations of a dataset version, and where in its file they are."""

    conversations: list[Conversation]
    lines: FileLines


@dataclass(frozen=True)
class Written:
    """A conversation as tokens."""

    conversation: Conversation
    examples: list[Example]
    prompt: str
    """What the model is given to write the last answer."""
    prompt_ids: list[int]
    """The same as tokens."""
    rejected: Example | None = None
    """The conversation with the answer that is not wanted, where there is one."""

    @property
    def expected(self) -> str:
        """What is to be said last, without what is thought before."""
        return spoken(self.conversation.answer)

    @property
    def read(self) -> list[Example]:
        """All that is read of it."""
        return [*self.examples, *([self.rejected] if self.rejected else [])]


@dataclass(frozen=True)
class Lesson:
    """What `prepare` found."""

    written: list[Written]
    splits: Splits
    """Those that choose the best moment in any order."""
    chat: ChatText
    pad_token_id: int
    max_length: int
    parameters: int
    """Of the base model."""

    def examples(self, places: Sequence[int]) -> list[Example]:
        """Those of some conversations."""
        return [example for place in places for example in self.written[place].examples]

    def pairs(self, places: Sequence[int]) -> list[Pair]:
        """Of those of some conversations that have an answer that is not wanted."""
        return [Pair(each.examples[0], each.rejected) for each in self.side(places) if each.rejected]

    def read(self, places: Sequence[int]) -> list[Example]:
        """All that is read of some conversations."""
        return [example for each in self.side(places) for example in each.read]

    def side(self, places: Sequence[int]) -> list[Written]:
        """Some of the conversations."""
        return [self.written[place] for place in places]


def prepare(spec: TextGenerationSpec, job: JobDirectory, base: CausalModel) -> Lesson:
    """Read the conversations, write them with the base model's template, and split them.

    Raises JobFailure: `missing_column`, `too_few_conversations` and what split_rows does.
    """
    source = read_conversations(spec, spec.dataset.path, job)
    _check_count(len(source.conversations))
    chat = ChatText(base.tokenizer)
    max_length = min(spec.hyperparameters.max_length, base.longest)
    written = _write(source, chat, base, max_length, job)
    _check_count(len(written))
    splits = _split([each.conversation for each in written], spec, job)
    if spec.validation is not None:
        choosing = _write(read_conversations(spec, spec.validation.path, job), chat, base, max_length, job)
        _check_validation(len(choosing), spec.validation)
        splits = chosen_by(splits, range(len(written), len(written) + len(choosing)))
        written += choosing
    # Often the first of them have to do, which are then any of them, however the file is sorted.
    choosing_any = random.Random(spec.seed).sample(splits.validation, len(splits.validation))  # noqa: S311 - repeatable
    splits = replace(splits, validation=choosing_any)
    lesson = Lesson(written, splits, chat, _pad_token_id(base), max_length, base.parameters)
    _tell(lesson, job)
    return lesson


def read_conversations(spec: TextGenerationSpec, path: Path, job: JobDirectory) -> Source:
    """The rows that keep the rules of a conversation; of the others it is told what is wrong with them, row by row."""
    hyper = spec.hyperparameters
    shape = Shape(spec.columns, hyper.system_prompt, hyper.prompt_template, tuple(hyper.answering_authors))
    with duckdb.connect(config={"threads": spec.budget.threads}) as database:
        source = f"read_parquet({literal(path)}, file_row_number=true)"
        known = database.read_parquet(str(path)).columns
        missing = [name for name in shape.names if name not in known]
        if missing:
            raise JobFailure(
                "missing_column",
                f"The dataset has no column '{missing[0]}'. It has: {', '.join(known[:20])}.",
                "Choose one of its columns.",
                details={"column": missing[0], "others": known[:20]},
            )
        reading = shape.read(rows_of(database, source, shape.names))
        lines = FileLines.read(database, path)
    _tell_problems(reading.problems, lines, job)
    return Source(reading.conversations, lines)


def _write(source: Source, chat: ChatText, base: CausalModel, max_length: int, job: JobDirectory) -> list[Written]:
    found: list[Written] = []
    problems: list[Problem] = []
    cut: list[int] = []
    for conversation in source.conversations:
        try:
            whole = [encode(pieces, base.tokenizer) for pieces in chat.lessons(conversation.messages)]
            examples = _within(whole, max_length)
            rejected = None
            if conversation.rejected is not None:
                whole += [encode(pieces, base.tokenizer) for pieces in chat.lessons(conversation.rejected_messages)]
                rejected = _within(whole[1:], max_length)[0]
                if rejected.ids.tolist() == examples[0].ids.tolist():
                    raise NotAConversation(alike_within(max_length))
        except NotAConversation as problem:
            problems.append(Problem(conversation.row, problem.reason, conversation.rows - 1))
            continue
        if any(len(each) > max_length for each in whole):
            cut.append(conversation.row)
        asked = chat.prompt(conversation.messages)
        ids = encode(asked, base.tokenizer).ids.tolist()
        found.append(Written(conversation, examples, "".join(piece.text for piece in asked), ids, rejected))
    _tell_problems(problems, source.lines, job)
    if cut:
        _tell_cut(cut, len(found), max_length, source.lines, job)
    return found


def _within(whole: Sequence[Example], max_length: int) -> list[Example]:
    """Those that have something to learn within so many tokens. Raises NotAConversation if none has."""
    examples = [example for example in (each.cut(max_length) for each in whole) if example.weight]
    if not examples:
        raise NotAConversation(out_of_reach(max_length))
    return examples


def _split(conversations: Sequence[Conversation], spec: TextGenerationSpec, job: JobDirectory) -> Splits:
    hyper, column = spec.hyperparameters, next(iter(columns_of(spec.columns, Role.SPLIT)), None)
    splits = split_rows(
        [conversation.asked for conversation in conversations],
        [""] * len(conversations),
        named=[conversation.side for conversation in conversations] if column else None,
        column=column,
        test_fraction=hyper.test_fraction,
        validation_fraction=hyper.validation_fraction,
        seed=spec.seed,
    )
    if not splits.test:
        raise JobFailure(
            "too_few_questions",
            "There are too few different questions to hold any of them out.",
            "Add rows, at least ten different questions.",
        )
    if splits.shared_texts:
        count = splits.shared_texts
        have = "question has" if count == 1 else "questions have"
        job.log(
            "shared_questions",
            f"{count:,} held-out {have} a twin among the rows to learn from, which makes the result look better than "
            "it is.",
            "warning",
            count=count,
        )
    return splits


def _check_count(count: int) -> None:
    if count < FEWEST_CONVERSATIONS:
        raise JobFailure(
            "too_few_conversations",
            f"Only {counted(count, 'conversation')} can be learnt from; at least {FEWEST_CONVERSATIONS} are needed.",
            "Add rows, correct those that are named in the log, or choose other columns.",
            details={"count": count, "fewest": FEWEST_CONVERSATIONS},
        )


def _check_validation(count: int, dataset: DatasetRef) -> None:
    if not count:
        raise JobFailure(
            "validation_without_conversation",
            f"The dataset for validation, '{dataset.name}', has no conversation that can be read.",
            "Correct the rows that are named in the log, or train without it.",
            details={"dataset": dataset.name},
        )


def _tell_problems(problems: Sequence[Problem], lines: FileLines, job: JobDirectory) -> None:
    """Each with its row, as far as anybody would read; then how many there are of each kind."""
    for problem in problems[:TOLD_PROBLEMS]:
        place = lines.place_of(problem.row)
        with_it = f", with {counted(problem.others, 'other row')} of its conversation" if problem.others else ""
        job.log(
            "row_left_out",
            f"Row {problem.row:,}{place.text} is left out{with_it}. {problem.reason.text}",
            "warning",
            row=problem.row,
            reason=problem.reason.code,
            **({"others": problem.others} if problem.others else {}),
            **place.details,
            **problem.reason.details,
        )
    if len(problems) > TOLD_PROBLEMS:
        rows: Counter[str] = Counter()
        for problem in problems:
            rows[problem.reason.code] += 1 + problem.others
        [(code, most)] = rows.most_common(1)
        like = next(problem for problem in problems if problem.reason.code == code)
        place = lines.place_of(like.row)
        job.log(
            "rows_left_out",
            f"{counted(rows.total(), 'row')} are left out in all, {most:,} of them for a reason like that of row "
            f"{like.row:,}{place.text}: {like.reason.text}",
            "warning",
            count=rows.total(),
            most=most,
            row=like.row,
            reason=code,
            **place.details,
            **like.reason.details,
        )


def _tell_cut(rows: Sequence[int], conversations: int, max_length: int, lines: FileLines, job: JobDirectory) -> None:
    place = lines.place_of(*rows)
    job.log(
        "conversations_cut",
        f"Of {conversations:,} conversations, {len(rows):,} {'is' if len(rows) == 1 else 'are'} cut after {max_length} "
        f"tokens: {listed(rows, 'row')}{place.text}.",
        "warning",
        cut=len(rows),
        conversations=conversations,
        tokens=max_length,
        rows=list(rows[:LINES_NAMED]),
        **place.details,
    )


def _pad_token_id(base: CausalModel) -> int:
    # Any token will do: nothing looks at padding.
    return int(base.tokenizer.pad_token_id or base.tokenizer.eos_token_id or 0)


def _tell(lesson: Lesson, job: JobDirectory) -> None:
    counts = lesson.splits.counts
    examples = lesson.read(lesson.splits.train)
    tokens, learned = sum(map(len, examples)), sum(example.weight for example in examples)
    job.log(
        "conversations_split",
        f"{len(lesson.written):,} conversations: {counts.train:,} to learn from, {counts.validation:,} to choose the "
        f"best moment, {counts.test:,} held out ({counts.how}).",
        conversations=len(lesson.written),
        train=counts.train,
        validation=counts.validation,
        test=counts.test,
    )
    job.log(
        "tokens_to_learn",
        f"The conversations to learn from have {tokens:,} tokens, {learned:,} of them in answers.",
        tokens=tokens,
        learned=learned,
    )
