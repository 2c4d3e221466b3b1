"""How the learning rate goes over the steps; each gives a factor of its peak."""

import math
from collections.abc import Iterable

from torch.optim import Optimizer

ONE_CYCLE_RISE = 0.3
ONE_CYCLE_START = 1 / 25


def one_cycle(step: int, total: int) -> float:
    """Up in the first 30 % of the steps, down to nothing in the rest, along cosines (Smith & Topin 2018)."""
    rise = max(1.0, ONE_CYCLE_RISE * total)
    if step < rise:
        return ONE_CYCLE_START + (1 - ONE_CYCLE_START) * (1 - math.cos(math.pi * step / rise)) / 2
    return (1 + math.cos(math.pi * (step - rise) / max(1.0, total - rise))) / 2


def warm_up_then_linear(step: int, total: int, warmup_ratio: float) -> float:
    """Up over the first share of the steps, then down to 0 in a straight line."""
    rise = warmup_ratio * total
    if step < rise:
        return (step + 1) / (rise + 1)
    return max(0.0, (total - step) / max(1.0, total - rise))


def set_learning_rate(optimizer: Optimizer, factor: float) -> None:
    """Give every group of parameters this factor of its peak."""
    for group in peaks(optimizer):
        group["lr"] = group["peak"] * factor


def peaks(optimizer: Optimizer) -> Iterable[dict[str, float]]:
    """The optimizer's groups, each with its peak learning rate beside the present one."""
    for group in optimizer.param_groups:
        group.setdefault("peak", group["lr"])
        yield group
