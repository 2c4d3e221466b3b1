"""What a worker tells of its processors and cards, which it learns without torch."""

import os

import pytest

from tuneyard.kit.queue import Queue
from tuneyard_worker import device
from tuneyard_worker.celery_app import bells
from tuneyard_worker.device import Card, visible
from tuneyard_worker.trainers.compute import has_fast_bf16

MIB = 2**20
LARGE, SMALL, OLD = (
    Card("NVIDIA A10G", 23_028 * MIB, True, "GPU-aaaa"),
    Card("NVIDIA RTX A2000", 6_138 * MIB, True, "GPU-bbbb"),
    Card("Tesla T4", 15_360 * MIB, False, "GPU-bccc"),
)
BY_BUS = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}


@pytest.fixture
def driver(tmp_path, monkeypatch):
    """Let the driver's tool say this."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    def says(*lines):
        tool = tmp_path / "nvidia-smi"
        tool.write_text("#!/bin/sh\ncat <<'END'\n" + "\n".join(lines) + "\nEND\n")
        tool.chmod(0o755)
        device.cards.cache_clear()

    yield says
    device.cards.cache_clear()


def test_the_smallest_card_counts(driver):
    driver("NVIDIA A10G, 23028, 8.6, GPU-aaaa", "Tesla T4, 15360, 7.5, GPU-bccc")
    assert device.cards() == (LARGE, OLD)
    assert device.device_name(2) == "NVIDIA A10G"
    assert device.card_memory() == OLD.memory
    assert not device.fast_bf16()


def test_a_card_that_does_not_tell_its_memory_is_told_without(driver):
    driver("NVIDIA GB10, [N/A], 12.1, GPU-dddd")
    assert (device.device_name(2), device.card_memory(), device.fast_bf16()) == ("NVIDIA GB10", 0, True)


def test_a_worker_hears_of_what_needs_a_card_where_it_has_one(driver):
    driver("NVIDIA GB10, [N/A], 12.1, GPU-dddd")
    assert bells([Queue.TRAIN]) == ["train", "train-card"]
    driver("No devices were found")
    assert bells([Queue.DATA, Queue.TRAIN]) == ["data", "train"]


def test_without_a_card_it_is_the_processors(driver):
    driver("No devices were found")
    assert (device.device_name(2), device.card_memory()) == ("cpu, 2 threads", 0)
    assert device.fast_bf16() == has_fast_bf16(), "as torch finds it"


@pytest.mark.parametrize(
    ("environment", "seen"),
    [
        ({}, [LARGE, SMALL, OLD]),
        ({"CUDA_VISIBLE_DEVICES": ""}, []),
        ({"CUDA_VISIBLE_DEVICES": "-1"}, []),
        ({"CUDA_VISIBLE_DEVICES": "2, 0"} | BY_BUS, [OLD, LARGE]),
        ({"CUDA_VISIBLE_DEVICES": "0"}, [LARGE, SMALL, OLD]),
        ({"CUDA_VISIBLE_DEVICES": "GPU-a,7,GPU-bb"}, [LARGE]),
        ({"CUDA_VISIBLE_DEVICES": "GPU-b"}, []),
        ({"CUDA_VISIBLE_DEVICES": "MIG-1234"}, [Card("NVIDIA A10G", 0, True, "GPU-aaaa")]),
    ],
)
def test_only_cards_that_cuda_would_see_count(environment, seen):
    assert list(visible([LARGE, SMALL, OLD], environment)) == seen
