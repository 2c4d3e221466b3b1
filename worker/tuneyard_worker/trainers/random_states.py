"""The state of every source of random numbers that a training may draw from."""

import random
from typing import Any

import numpy as np
import torch


def take() -> dict[str, Any]:
    """The states, as plain numbers and tensors."""
    drawn = np.random.get_state(legacy=False)
    keys = torch.from_numpy(drawn["state"]["key"].astype(np.int64))
    return {
        "python": random.getstate(),
        "numpy": (keys, int(drawn["state"]["pos"]), int(drawn["has_gauss"]), float(drawn["gauss"])),
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def put_back(states: dict[str, Any]) -> None:
    """Draw on as if nothing had happened since `take`."""
    random.setstate(states["python"])
    keys, position, has_gauss, gauss = states["numpy"]
    np.random.set_state(("MT19937", keys.numpy().astype(np.uint32), position, has_gauss, gauss))
    torch.set_rng_state(states["torch"])
    if torch.cuda.is_available() and len(states["cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(states["cuda"])
