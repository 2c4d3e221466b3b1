"""What an engineer would write by hand: embed each text with the same precision, fit the same kind of head.

`python bare_script.py MODEL_FOLDER TRAIN.csv` prints the seconds of work, without imports.
"""

import csv
import os
import sys
import time
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("GOMP_SPINCOUNT", "1500")

import torch
from tokenizers import Tokenizer
from transformers import BertModel

BATCH = 64
EPOCHS = 30


def main() -> None:
    """Embed, fit, print the seconds."""
    folder, path = sys.argv[1:]
    torch.set_num_threads(os.cpu_count() or 1)
    torch.manual_seed(0)
    with open(path, encoding="utf-8", newline="") as stream:  # noqa: PTH123
        rows = list(csv.DictReader(stream))
    started = time.monotonic()
    features = embed(folder, [row["text"] for row in rows])
    labels = sorted({row["label"] for row in rows})
    fit(features, torch.tensor([labels.index(row["label"]) for row in rows]), len(labels))
    print(f"{time.monotonic() - started:.2f}")


@torch.inference_mode()
def embed(folder: str, texts: list[str]) -> torch.Tensor:
    """Mean-pooled, normalised vectors × 10."""
    loaded: Any = BertModel.from_pretrained(folder)
    encoder = loaded.eval()
    tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.enable_truncation(128)
    tokenizer.no_padding()
    encodings = tokenizer.encode_batch(texts)
    order = sorted(range(len(texts)), key=lambda index: len(encodings[index].ids))
    features = torch.empty(len(texts), encoder.config.hidden_size)
    bf16 = torch.backends.cpu.get_cpu_capability() == "AVX512" and torch.cpu._is_avx512_bf16_supported()
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        longest = max(len(encodings[index].ids) for index in batch)
        ids = torch.zeros(len(batch), longest, dtype=torch.long)
        mask = torch.zeros(len(batch), longest, dtype=torch.long)
        for row, index in enumerate(batch):
            ids[row, : len(encodings[index].ids)] = torch.tensor(encodings[index].ids)
            mask[row, : len(encodings[index].ids)] = 1
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            hidden = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).float()
        pooled = (hidden.float() * weights).sum(1) / weights.sum(1)
        features[batch] = torch.nn.functional.normalize(pooled) * 10
    return features


def fit(features: torch.Tensor, targets: torch.Tensor, classes: int) -> None:
    """A head with one hidden layer, one-cycle AdamW."""
    head = torch.nn.Sequential(
        torch.nn.Linear(features.shape[1], 512), torch.nn.GELU(), torch.nn.Dropout(0.3), torch.nn.Linear(512, classes)
    )
    steps = EPOCHS * (len(features) // BATCH + 1)
    optimizer = torch.optim.AdamW(head.parameters(), 2e-3, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps)
    loss_function = torch.nn.CrossEntropyLoss(label_smoothing=0.1)
    for _ in range(EPOCHS):
        for batch in torch.split(torch.randperm(len(features)), BATCH):
            loss = loss_function(head(features[batch]), targets[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()


if __name__ == "__main__":
    main()
