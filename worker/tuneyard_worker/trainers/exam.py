"""The exam: the exported model answers the held-out rows through the engine that will serve it."""

import numpy as np

from tuneyard.specs.evaluation import Evaluation
from tuneyard.specs.job import TextClassificationSpec
from tuneyard.specs.manifest import ServingEngine
from tuneyard_worker.evaluators.report import write_evaluation
from tuneyard_worker.evaluators.text_classification import HeldOut, evaluate
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.serving.engines.onnx_classifier import OnnxClassifier, Scores
from tuneyard_worker.trainers.lesson import Lesson
from tuneyard_worker.trainers.progress import Progress

# Of the exam's time, the share in which the model answers; the rest is comparing.
ANSWERING = 0.7
# Between these the progress is told.
CHUNK = 1024


def answer(engine: OnnxClassifier, texts: list[str], progress: Progress) -> Scores:
    """Scores of all texts, float32 (texts, classes)."""
    found: list[Scores] = []
    for start in range(0, len(texts), CHUNK):
        found.append(engine.scores(texts[start : start + CHUNK]))
        progress.update("exam", ANSWERING * min(1.0, (start + CHUNK) / len(texts)))
    return np.concatenate(found)


def examine(
    spec: TextClassificationSpec, job: JobDirectory, lesson: Lesson, serving: ServingEngine, progress: Progress
) -> Evaluation:
    """Score the exported model on the held-out rows and write `evaluation/`."""
    examples, test = lesson.examples, lesson.splits.test
    texts = [examples.texts[row] for row in test]
    job.log("exam", f"The exported model answers the rows that were held out: {len(test):,}.", rows=len(test))
    engine = OnnxClassifier.load(job.artifact, serving, lesson.labels, spec.budget.threads)
    held_out = HeldOut(
        rows=[examples.rows[row] for row in test],
        texts=texts,
        truth=[examples.labels[row] for row in test],
        scores=answer(engine, texts, progress),
    )
    taught = lesson.splits.not_held_out
    evaluation = evaluate(
        held_out=held_out,
        train_texts=[examples.texts[row] for row in taught],
        train_labels=[examples.labels[row] for row in taught],
        labels=lesson.labels,
        previous=spec.previous,
        previous_name=spec.previous_name,
        seed=spec.seed,
        threads=spec.budget.threads,
    )
    write_evaluation(job.artifact / "evaluation", evaluation, held_out, lesson.labels)
    job.log("verdict", evaluation.verdict.en, sentence=evaluation.verdict.zh_cn)
    progress.update("exam", 1)
    return evaluation
