"""Engines that could have served models that write, on the same model and the same questions as writing_engine.py.

`python other_engines.py NAME MODEL_FOLDER GGUF_FILE QUESTIONS_FILE` prints JSON: tokens a second of `one` text and of
`eight` at once, each of 64 tokens, always the likeliest; `ready`, the seconds from the model's folder to the first
token; and its `answers` to the questions of the file, both as lists of token ids, each asked by itself. Run by an
interpreter that has them all: see extra_environment.py and engines.lock.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

QUESTION, STREAMS, TOKENS, TURNS = 40, 8, 64, 3
ANSWER_TOKENS = 64
THREADS = os.cpu_count() or 1

# Goes on with questions (token ids) by so many tokens each, fewer where an answer may end after the least of them.
Write = Callable[[list[list[int]], int, int], list[list[int]]]


def main() -> None:
    """Measure one engine, one text and eight in turn; the best of each."""
    name, folder, gguf, asked = sys.argv[1], *map(Path, sys.argv[2:])
    with tempfile.TemporaryDirectory(prefix="tuneyard-bench-") as scratch:
        started = time.perf_counter()
        write = ENGINES[name](folder, gguf, Path(scratch))
        write(questions(1, 0), 1, 1)
        found: dict[str, Any] = {"ready": time.perf_counter() - started, "one": 0.0, "eight": 0.0}
        for turn in range(1, TURNS + 1):
            found["one"] = max(found["one"], rate(write, 1, turn))
            found["eight"] = max(found["eight"], rate(write, STREAMS, turn))
        found["answers"] = [write([each], ANSWER_TOKENS, 1)[0] for each in json.loads(asked.read_bytes())]
    print(json.dumps(found))


def questions(count: int, turn: int) -> list[list[int]]:
    """Token ids; no two questions are the same, so that nothing that was read can be read again."""
    return [[1000 + 97 * turn + 11 * place, *range(100, 100 + QUESTION - 1)] for place in range(count)]


def rate(write: Write, count: int, turn: int) -> float:
    """Tokens a second, the questions being read before."""
    started = time.perf_counter()
    write(questions(count, 2 * turn), 1, 1)
    read = time.perf_counter() - started
    started = time.perf_counter()
    tokens = sum(map(len, write(questions(count, 2 * turn + 1), TOKENS, TOKENS)))
    return (tokens - count) / (time.perf_counter() - started - read)


def with_transformers(folder: Path, dtype: str) -> Write:
    import torch
    from transformers import AutoModelForCausalLM

    torch.set_num_threads(THREADS)
    loaded: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype)
    model = loaded.eval()

    def write(asked: list[list[int]], tokens: int, least: int) -> list[list[int]]:
        ids = torch.tensor(asked)
        with torch.inference_mode():
            found = model.generate(
                ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=tokens, min_new_tokens=least
            )
        written: list[list[int]] = found[:, ids.shape[1] :].tolist()
        return written

    return write


def with_ctranslate2(folder: Path, _: Path, scratch: Path) -> Write:
    import ctranslate2
    from transformers import AutoTokenizer

    names = AutoTokenizer.from_pretrained(folder).convert_ids_to_tokens
    made = ctranslate2.converters.TransformersConverter(str(folder)).convert(
        str(scratch / "model"), quantization="int8"
    )
    engine = ctranslate2.Generator(made, device="cpu", inter_threads=1, intra_threads=THREADS)

    def write(asked: list[list[int]], tokens: int, least: int) -> list[list[int]]:
        found = engine.generate_batch(
            [names(ids) for ids in asked],
            max_length=tokens,
            min_length=least,
            sampling_topk=1,
            include_prompt_in_result=False,
        )
        return [each.sequences_ids[0] for each in found]

    return write


def with_openvino(_: Path, gguf: Path, scratch: Path) -> Write:
    import numpy
    import openvino
    import openvino_genai

    plan = openvino_genai.SchedulerConfig()
    plan.max_num_seqs, plan.cache_size, plan.enable_prefix_caching = STREAMS, 1, False
    engine = openvino_genai.ContinuousBatchingPipeline(
        str(gguf), plan, "CPU", {"INFERENCE_NUM_THREADS": THREADS, "CACHE_DIR": str(scratch)}
    )

    def write(asked: list[list[int]], tokens: int, least: int) -> list[list[int]]:
        wishes = openvino_genai.GenerationConfig(max_new_tokens=tokens, ignore_eos=least > 1, do_sample=False)
        ids = [openvino.Tensor(numpy.array([each], dtype=numpy.int64)) for each in asked]
        found = engine.generate(ids, [wishes] * len(asked))
        return [list(each.m_generation_ids[0]) for each in found]

    return write


def with_onnxruntime_genai(folder: Path, _: Path, scratch: Path) -> Write:
    import onnxruntime_genai

    builder = [sys.executable, "-m", "onnxruntime_genai.models.builder", "-p", "int8", "-e", "cpu"]
    places = ["-i", str(folder), "-o", str(scratch), "-c", str(scratch / "cache")]
    subprocess.run([*builder, *places], check=True, stdout=sys.stderr)
    model = onnxruntime_genai.Model(str(scratch))

    def write(asked: list[list[int]], tokens: int, least: int) -> list[list[int]]:
        wishes = onnxruntime_genai.GeneratorParams(model)
        read = len(asked[0])
        bounds = {"max_length": read + tokens, "min_length": read + least}
        wishes.set_search_options(batch_size=len(asked), do_sample=False, **bounds)
        generator = onnxruntime_genai.Generator(model, wishes)
        generator.append_tokens(asked)
        while not generator.is_done():
            generator.generate_next_token()
        return [generator.get_sequence(place).tolist()[read:] for place in range(len(asked))]

    return write


ENGINES: dict[str, Callable[[Path, Path, Path], Write]] = {
    "transformers": lambda folder, *_: with_transformers(folder, "float32"),
    "transformers-bf16": lambda folder, *_: with_transformers(folder, "bfloat16"),
    "ctranslate2": with_ctranslate2,
    "openvino-genai": with_openvino,
    "onnxruntime-genai": with_onnxruntime_genai,
}

if __name__ == "__main__":
    main()
