"""A random decoder of a few thousand parameters with a chat template, and rows for it to learn."""

import json
from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
# As Qwen 3: what was thought is only shown of the last answer.
FORGETFUL = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' }}"
    "{% if m.role == 'assistant' and loop.last %}{{ '<think></think>' }}{% endif %}{{ m.content + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
SPECIAL = ["<|im_start|>", "<|im_end|>", "<|pad|>"]
SIZES: dict[str, object] = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "max_position_embeddings": 256,
    "bos_token_id": None,
    "eos_token_id": 1,
    "pad_token_id": 2,
    "tie_word_embeddings": True,
    "initializer_range": 0.1,
}
COLOURS = ["red", "green", "blue", "grey"]
THINGS = ["cup", "hat", "bag", "pen", "box"]


def write_tiny_llama(folder: Path, template: str = CHAT_TEMPLATE, **changes: object) -> Path:
    """A complete base model folder with random weights, the same ones each time."""
    from transformers import LlamaConfig, LlamaForCausalLM

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: number for number, token in enumerate([*SPECIAL, *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocabulary, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(SPECIAL)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": SPECIAL[1], "pad_token": SPECIAL[2]}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    (folder / "chat_template.jinja").write_text(template)
    torch.manual_seed(0)
    LlamaForCausalLM(LlamaConfig(**SIZES | {"vocab_size": len(vocabulary)} | changes)).save_pretrained(folder)
    return folder


def questions(count: int, seed: int = 0) -> list[dict[str, str]]:
    """Rows whose answers follow from their questions."""
    draw = Random(seed)
    rows: list[dict[str, str]] = []
    for number in range(count):
        colour, thing = draw.choice(COLOURS), draw.choice(THINGS)
        rows.append({"prompt": f"{number}: a {colour} {thing}?", "completion": f"It is {colour}."})
    return rows


def two_answers(count: int, seed: int = 0) -> list[dict[str, str]]:
    """The same questions with an answer that is wanted and one that is not."""
    rows = questions(count, seed)
    return [
        {"prompt": row["prompt"], "chosen": row["completion"], "rejected": "Dunno, maybe some other colour?"}
        for row in rows
    ]
