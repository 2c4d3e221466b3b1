"""What an engineer would write by hand to teach a model to write: LoRA, packing, scores only where a token is learnt.

`python bare_writing.py MODEL_FOLDER ROWS.jsonl` prints the tokens a second, of one pass over the rows.
"""

import json
import os
import sys
import time
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("GOMP_SPINCOUNT", "1500")

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

LENGTH, SEQUENCES = 512, 1


def main() -> None:
    """Teach the rows once."""
    folder, path = sys.argv[1:]
    torch.set_num_threads(os.cpu_count() or 1)
    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    bf16 = torch.backends.cpu.get_cpu_capability() == "AVX512" and torch.cpu._is_avx512_bf16_supported()
    base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16 if bf16 else torch.float32)
    model: Any = get_peft_model(
        base, LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
    ).train()
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], 1e-3, fused=True)
    with open(path, encoding="utf-8") as stream:  # noqa: PTH123
        packed = pack([encode(tokenizer, json.loads(line)) for line in stream])
    started, tokens = time.monotonic(), 0
    for start in range(0, len(packed), SEQUENCES):
        batch = packed[start : start + SEQUENCES]
        learned = sum(sum(mask[1:]) for sequence in batch for _, mask in sequence)
        for sequence in batch:
            ids = torch.tensor([[token for row, _ in sequence for token in row]])
            positions = torch.tensor([[place for row, _ in sequence for place in range(len(row))]])
            keep = torch.tensor([[flag for _, mask in sequence for flag in (*mask[1:], False)]])
            with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                scores = model(input_ids=ids, position_ids=positions, use_cache=False, logits_to_keep=keep).logits
            targets = ids.roll(-1, 1)[keep]
            loss: Any = torch.nn.functional.cross_entropy(scores.float(), targets, reduction="sum") / learned
            loss.backward()
            tokens += ids.numel()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    print(f"{tokens / (time.monotonic() - started):.2f}")


def encode(tokenizer: Any, row: dict[str, str]) -> tuple[list[int], list[bool]]:
    """Token ids, and which of them are learnt."""
    said = [{"role": "user", "content": row["prompt"]}]
    asked = tokenizer.apply_chat_template(said, tokenize=False, add_generation_prompt=True)
    prompt = tokenizer.encode(asked, add_special_tokens=False)
    answer = tokenizer.encode(row["completion"] + tokenizer.eos_token, add_special_tokens=False)
    return prompt + answer, [False] * len(prompt) + [True] * len(answer)


def pack(rows: list[tuple[list[int], list[bool]]]) -> list[list[tuple[list[int], list[bool]]]]:
    """Each row into the first sequence that has room for it, the longest rows first."""
    sequences: list[list[tuple[list[int], list[bool]]]] = []
    for row in sorted(rows, key=lambda row: -len(row[0])):
        for sequence in sequences:
            if sum(len(ids) for ids, _ in sequence) + len(row[0]) <= LENGTH:
                sequence.append(row)
                break
        else:
            sequences.append([row])
    return sequences


if __name__ == "__main__":
    main()
