"""Which device computes, and how precisely."""

import pytest
import torch

from tuneyard.specs.job import TextClassificationSpec
from tuneyard_worker.trainers import fine_tune, registry
from tuneyard_worker.trainers.compute import set_up


@pytest.fixture
def graphics_card(monkeypatch):
    """A machine that says it has one; nothing can be computed on it."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "NVIDIA A10")


def test_a_graphics_card_is_used_where_there_is_one(graphics_card):
    compute = set_up(threads=2, seed=1)
    assert compute.device.type == "cuda"
    assert compute.describe().message == "NVIDIA A10, bfloat16"


def test_else_the_processor(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    compute = set_up(threads=1, seed=1)
    assert compute.device.type == "cpu"
    assert compute.describe().message.startswith("cpu, 1 thread, ")


def test_a_full_graphics_card_is_told_as_too_little_memory(monkeypatch, tmp_path):
    class Greedy:
        def run(self, spec, job):
            raise torch.OutOfMemoryError("CUDA out of memory.")

    spec = TextClassificationSpec.model_construct(task="greedy", budget=type("Budget", (), {"threads": 1}))
    monkeypatch.setitem(registry.TRAINERS, "greedy", Greedy)
    with pytest.raises(MemoryError):
        fine_tune.run(spec, None)
