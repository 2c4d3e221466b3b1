"""How long a model is taught: whole passes over its rows, as far as the time goes."""

import pytest
import torch

from tuneyard.specs.text_generation import TextGenerationHyperparameters
from tuneyard_worker.data.chat_text import ChatText
from tuneyard_worker.data.messages import Message
from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.generation.causal_models import add_adapters, load
from tuneyard_worker.trainers.generation.examples import encode
from tuneyard_worker.trainers.generation.objectives import Answers
from tuneyard_worker.trainers.generation.tuning import tune

STEPS = 10
"""Of a pass."""


class Ticking:
    """A report of a run in which each step takes a second."""

    def __init__(self):
        self.now = 0.0
        self.plans = []

    def step(self, state, seen, seconds):
        self.now = float(state.step + 1)
        self.plans.append(state.total_steps)

    def look(self, state, seen):
        pass

    def sample(self, state, seconds):
        pass


@pytest.mark.parametrize(
    ("seconds", "steps"),
    [
        pytest.param(7, 7, id="no time for one pass"),
        pytest.param(13, 10, id="a third of the second is not begun"),
        pytest.param(18, 18, id="most of the second is"),
        pytest.param(24, 20, id="nor a third of the third"),
        pytest.param(60, 30, id="as many passes as are wished for"),
    ],
)
def test_a_pass_that_would_end_before_its_half_is_not_begun(tiny_llama, seconds, steps):
    base = load(tiny_llama, "tiny", torch.float32)
    hyper = TextGenerationHyperparameters(
        lora_rank=2, max_length=64, epochs=3, packing=False, batch_size=1, early_stopping_patience=50
    )
    [pieces] = ChatText(base.tokenizer).lessons([Message("user", "Hi"), Message("assistant", "Hello", learned=True)])
    rows = [encode(pieces, base.tokenizer)] * STEPS
    report = Ticking()
    tuned = tune(
        add_adapters(base.model, hyper),
        Answers(rows, rows[:1], 0, 64),
        hyper,
        Compute(1, bf16=False),
        report,
        seed=0,
        seconds=seconds,
        clock=lambda: report.now,
    )
    assert len(report.plans) == steps
    assert tuned.epoch == pytest.approx(steps / STEPS)
    assert report.plans[-1] == steps, "the rate has come down to nothing by then"
