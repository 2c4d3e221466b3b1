"""What was learnt, put into the base model as it is in its file."""

import json

import pytest
import torch
from chat_jobs import run
from safetensors.torch import load_file

from tiny_llama import questions, write_tiny_llama
from tuneyard.specs.job import TextGenerationSpec
from tuneyard_worker.trainers.generation.causal_models import add_adapters, load, merge
from tuneyard_worker.trainers.generation.export import export
from tuneyard_worker.trainers.generation.tuning import Tuned, put_weights


@pytest.fixture(scope="module")
def halved(tiny_llama, tmp_path_factory):
    """The tiny decoder in 16 bits, as most are published."""
    folder = tmp_path_factory.mktemp("halved")
    whole = load(tiny_llama, "tiny", torch.bfloat16)
    whole.model.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        (folder / name).write_bytes((tiny_llama / name).read_bytes())
    return folder


@pytest.mark.parametrize("tuning", ["lora", "rslora", "dora", "full"])
def test_a_file_in_16_bits_gets_the_sums_of_32_bits(make_chat_job, halved, tuning, tmp_path):
    job = make_chat_job(questions(20), base=halved, tuning=tuning)
    spec = TextGenerationSpec.model_validate_json((job / "spec.json").read_bytes())
    exact = load(halved, "tiny", torch.float32).model
    taught = exact if tuning == "full" else add_adapters(exact, spec.hyperparameters)
    torch.manual_seed(1)
    learnt = {
        name: each.detach() + 0.01 * torch.randn_like(each)
        for name, each in taught.named_parameters()
        if each.requires_grad
    }
    put_weights(taught, learnt)
    exact = taught if tuning == "full" else merge(taught)
    expected = {name: each.to(torch.bfloat16) for name, each in exact.state_dict().items()}
    folder = export(tmp_path / "artifact", spec, Tuned(learnt, 0.0, 1, 1.0, 1, 1.0), [1])
    found = load_file(folder / "model.safetensors")
    assert len(found) > 10
    assert {each.dtype for each in found.values()} == {torch.bfloat16}
    assert [name for name, each in found.items() if not torch.equal(each, expected[name])] == []


def test_whoever_loads_it_ends_an_answer_where_the_model_does(make_chat_job, tmp_path):
    """As base models that were no chat models have it: a chat template, and only the token that ends texts."""
    folder = write_tiny_llama(tmp_path, eos_token_id=2)
    config = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps(config | {"eos_token": "<|pad|>"}))
    job = make_chat_job(questions(20), base=folder)
    assert run(job) == 0
    manifest = json.loads((job / "artifact/manifest.json").read_text())
    known = json.loads((job / "artifact/model/generation_config.json").read_text())["eos_token_id"]
    assert manifest["stop_ids"] == [1, 2]
    assert known == [2, 1]
    assert json.loads((folder / "generation_config.json").read_text())["eos_token_id"] == 2


def test_texts_are_cut_into_the_tokens_of_the_file_whatever_class_the_base_model_names(make_chat_job, tmp_path):
    """`transformers` makes tokenizers of some classes anew, by its own rules: of GPT-2 without a rule for digits."""
    from tokenizers import Tokenizer
    from transformers import AutoTokenizer

    folder = write_tiny_llama(tmp_path, vocab_size=260)
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    tokenizer["model"]["vocab"]["12"] = 259
    tokenizer["model"]["merges"] = [["1", "2"]]
    digits = {"type": "Digits", "individual_digits": True}
    tokenizer["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [digits, tokenizer["pre_tokenizer"]]}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    config = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps(config | {"tokenizer_class": "GPT2Tokenizer"}))
    expected = Tokenizer.from_file(str(folder / "tokenizer.json")).encode("Cup 12").ids
    job = make_chat_job(questions(20), base=folder)
    spec = TextGenerationSpec.model_validate_json((job / "spec.json").read_bytes())
    base = load(folder, "tiny", torch.float32)
    assert base.tokenizer.encode("Cup 12", add_special_tokens=False) == expected
    made = export(tmp_path / "artifact", spec, Tuned({}, 0.0, 1, 1.0, 1, 1.0), [1])
    written = AutoTokenizer.from_pretrained(made)
    assert written.encode("Cup 12", add_special_tokens=False) == expected
    assert (written.eos_token, written.pad_token) == ("<|im_end|>", "<|pad|>")
