"""A batch of a model that writes: an answer beside every row, as its deployment would write it."""

import asyncio
import contextlib

from tuneyard.specs.job import BatchPredictSpec, JobPhase
from tuneyard.specs.manifest import ModelManifest
from tuneyard.specs.tasks import Role, columns_of
from tuneyard.specs.text_generation import TextGenerationHyperparameters
from tuneyard_worker.batches.answering import Answering
from tuneyard_worker.batches.input_table import InputTable
from tuneyard_worker.batches.json_states import JsonStates
from tuneyard_worker.batches.kept_answers import KeptAnswers
from tuneyard_worker.batches.opened_writer import opened_writer
from tuneyard_worker.batches.questions import Questions, read_questions
from tuneyard_worker.batches.result_csv import CsvResult
from tuneyard_worker.batches.result_xlsx import XlsxResult
from tuneyard_worker.batches.results import NOTE, PREDICTION, open_result
from tuneyard_worker.batches.row_progress import RowProgress
from tuneyard_worker.batches.text_columns import free_name
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.out_of_memory import naming_lack_of_memory
from tuneyard_worker.room import Room
from tuneyard_worker.trainers.checkpoints import Checkpoints

FINISH = "finish"
CHUNK_ROWS = 256


def write(
    spec: BatchPredictSpec, job: JobDirectory, manifest: ModelManifest, table: InputTable, wanted: list[str]
) -> None:
    """Answer the rows that no earlier attempt has answered, and write the result. Raises JobFailure, Stopped."""
    questions = read_questions(manifest, table.columns, wanted)
    tell_missing_system(manifest, questions, job)
    room = Room((job.root,), spec.budget.disk_bytes)
    least = spec.budget.checkpoint_seconds
    checkpoints = Checkpoints(job, room, JsonStates(), earlier=spec.earlier, least_seconds=least)
    answers = KeptAnswers(checkpoints, table.rows)
    if answers.before:
        job.continued(answers.before)
    if answers.before < table.rows:
        with naming_lack_of_memory(), opened_writer(spec, manifest.decoding, job, room) as writer, job.stop.postponed():
            job.phase(JobPhase.EVALUATING)
            progress = RowProgress(job, table.rows, answers.before)
            answering = Answering(writer, questions, longest_answer(spec, manifest), answers, progress)
            asyncio.run(answering.answer(row for rows in table.chunks(CHUNK_ROWS) for row in rows))
            # Who is asked to end while the file is written has all answers.
            checkpoints.write_finished()
    with contextlib.closing(open_result(job.artifact, table)) as result:
        write_result(result, table, answers)


def longest_answer(spec: BatchPredictSpec, manifest: ModelManifest) -> int:
    """Tokens of an answer at most: as many as in the exam if nothing else was asked for."""
    hyper = manifest.hyperparameters
    usual = hyper.answer_length if isinstance(hyper, TextGenerationHyperparameters) else 256
    return spec.answer_length or usual


def tell_missing_system(manifest: ModelManifest, questions: Questions, job: JobDirectory) -> None:
    """Say if the file lacks the column of system messages that the model was taught with."""
    if questions.system is None and (names := columns_of(manifest.columns, Role.SYSTEM)):
        words = f"The file has no column '{names[0]}', which held the system messages in training; there are none now."
        job.log("no_system_column", words, "warning", column=names[0])


def write_result(result: CsvResult | XlsxResult, table: InputTable, answers: KeptAnswers) -> None:
    """Every row of the table in its place, with its answer."""
    # Only where some row has something to be said about it.
    notes = [NOTE] if any(answers[row].note for row in range(table.rows)) else []
    result.write([*table.columns, *(free_name(name, table.columns) for name in [PREDICTION, FINISH, *notes])])
    done = 0
    for rows in table.chunks(CHUNK_ROWS):
        for number, row in enumerate(rows, start=done):
            answer = answers[number]
            result.write([*row.cells, answer.text, answer.finish, *([answer.note] if notes else [])])
        done += len(rows)
