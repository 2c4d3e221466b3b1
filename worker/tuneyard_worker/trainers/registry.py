"""Which trainer teaches which task. A new task is one module and one line here."""

from typing import Any

from tuneyard.specs.tasks import Task
from tuneyard_worker.trainers.generation.trainer import TextGenerationTrainer
from tuneyard_worker.trainers.text_classification import TextClassificationTrainer
from tuneyard_worker.trainers.trainer import Trainer

TRAINERS: dict[Task, type[Trainer[Any]]] = {
    Task.TEXT_CLASSIFICATION: TextClassificationTrainer,
    Task.TEXT_GENERATION: TextGenerationTrainer,
}
