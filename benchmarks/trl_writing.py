"""The same rows taught by the trainer most people would take: TRL's SFTTrainer as it comes, with LoRA.

`python trl_writing.py MODEL_FOLDER ROWS.jsonl` prints the tokens a second, of one pass over the rows; padding is not
counted. Run by an interpreter that has trl: see extra_environment.py.
"""

import os
import sys
import tempfile
import time

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("GOMP_SPINCOUNT", "1500")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from datasets import load_dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import SFTConfig, SFTTrainer


def main() -> None:
    """Teach the rows once."""
    folder, path = sys.argv[1:]
    torch.set_num_threads(os.cpu_count() or 1)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    with tempfile.TemporaryDirectory() as scratch:
        rows = load_dataset("json", data_files=path, split="train", cache_dir=scratch)
        chats = rows.map(
            lambda row: {
                "prompt": [{"role": "user", "content": row["prompt"]}],
                "completion": [{"role": "assistant", "content": row["completion"]}],
            }
        )
        trainer = SFTTrainer(
            AutoModelForCausalLM.from_pretrained(folder),
            args=SFTConfig(
                output_dir=scratch,
                num_train_epochs=1,
                report_to="none",
                save_strategy="no",
                use_cpu=not torch.cuda.is_available(),
            ),
            train_dataset=chats,
            processing_class=tokenizer,
            peft_config=LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM"),
        )
        tokens = sum(map(len, trainer.train_dataset["input_ids"]))
        started = time.monotonic()
        trainer.train()
        print(f"{tokens / (time.monotonic() - started):.2f}")


if __name__ == "__main__":
    main()
