"""Which runs of the encoder are planned, and how much time they may take."""

import time
from collections.abc import Callable
from dataclasses import replace

from tuneyard.specs.hyperparameters import TextClassificationHyperparameters
from tuneyard_worker.trainers.encoder_tuning import Method, TuningSettings

METHODS: dict[str, tuple[Method, ...]] = {"full": ("full",), "lora": ("lora",), "auto": ("full", "lora"), "head": ()}

# Adapters need larger steps than whole matrices.
LORA_RATE = 5.0
# Further trials go to and fro around the learning rate that was asked for.
OTHER_RATES = (1.5, 0.67)


class Budget:
    """What is left of the time that training may take, and how long an epoch is expected to last."""

    def __init__(self, seconds: float, epoch_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.epoch_seconds = max(epoch_seconds, 1e-3)
        self._clock = clock
        self._deadline = clock() + seconds

    @property
    def left(self) -> float:
        """Seconds."""
        return self._deadline - self._clock()

    def epochs(self, wanted: int, runs: float) -> int:
        """How many epochs each of `runs` equal runs may have, at most `wanted`."""
        return max(0, min(wanted, int(self.left / runs / self.epoch_seconds)))

    def measured(self, seconds: float) -> None:
        """An epoch took so long."""
        self.epoch_seconds = max(seconds, 1e-3)


def planned_runs(hyper: TextClassificationHyperparameters, seed: int) -> list[TuningSettings]:
    """Settings of all trials, in the order in which they are tried."""
    first = [settings_of(hyper, method, seed) for method in METHODS[hyper.tuning]]
    more = [
        replace(first[0], seed=seed + number, learning_rate=first[0].learning_rate * OTHER_RATES[number % 2 - 1])
        for number in range(1, hyper.trials)
    ]
    return [*first, *more]


def settings_of(hyper: TextClassificationHyperparameters, method: Method, seed: int) -> TuningSettings:
    """One run by the hyperparameters."""
    return TuningSettings(
        method=method,
        epochs=hyper.epochs,
        learning_rate=hyper.learning_rate * (LORA_RATE if method == "lora" else 1.0),
        batch_size=hyper.batch_size,
        accumulation=hyper.gradient_accumulation_steps,
        warmup_ratio=hyper.warmup_ratio,
        weight_decay=hyper.weight_decay,
        label_smoothing=hyper.label_smoothing,
        patience=hyper.early_stopping_patience,
        lora_rank=hyper.lora_rank,
        seed=seed,
    )
