"""Models that write in the serving process: several texts at once, in words that people wanted."""

import asyncio
import json
import shutil
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_writers import COLD, MOST_WAITING, ROOM, ROWS, Open, parts_of, written
from tokenizers import Tokenizer, decoders, models, processors

from coroutines import run
from tuneyard.specs.decoding import Decoding
from tuneyard_worker.data.plain_tokenizer import PlainTokenizer
from tuneyard_worker.serving.engines import onnx_writer
from tuneyard_worker.serving.engines.adapters import Adapter
from tuneyard_worker.serving.engines.choosing import Chooser
from tuneyard_worker.serving.engines.grammar import Grammars
from tuneyard_worker.serving.engines.onnx_decoder import OnnxDecoder
from tuneyard_worker.serving.engines.writing import Order, Token, Wishes
from tuneyard_worker.serving.errors import QueueFull, TooLong, Unwritable
from tuneyard_worker.serving.writing.schemas import Part, Said, Usage, WriteRequest
from tuneyard_worker.serving.writing.text_stream import TextStream
from tuneyard_worker.serving.writing.token_bytes import bytes_of

PERSON = {
    "type": "object",
    "properties": {"age": {"enum": [7, 8]}, "good": {"type": "boolean"}},
    "required": ["age", "good"],
    "additionalProperties": False,
}


def order(number: int, most: int = 12, wishes: Wishes = COLD) -> Order:
    """A question of its own length; it never ends before its time."""
    return Order([5 + (number * 7 + place) % 200 for place in range(3 + 2 * number)], most, frozenset(), wishes)


def test_texts_side_by_side_are_those_of_each_alone(open_writer: Open) -> None:
    orders = [order(number, most=6 + number) for number in range(7)]

    async def alone() -> list[list[int]]:
        writer = open_writer()
        return [await written(writer, each) for each in orders]

    async def together() -> list[list[int]]:
        writer = open_writer()
        return list(await asyncio.gather(*(written(writer, each) for each in orders)))

    found, expected = run(together()), run(alone())
    assert [len(each) for each in found] == [6 + number for number in range(7)]
    # Rounding differs with the number of rows, so a tie may fall the other way: in one of them at most.
    assert sum(one == other for one, other in zip(found, expected, strict=True)) >= 6


def test_a_text_that_nobody_waits_for_is_not_written_further(open_writer: Open) -> None:
    async def scenario() -> tuple[int, int]:
        writer = open_writer()
        steps = 0
        step = writer.engine._decoder.step  # type: ignore[attr-defined]

        def counted(*arguments: Any) -> Any:
            nonlocal steps
            steps += 1
            return step(*arguments)

        writer.engine._decoder.step = counted  # type: ignore[attr-defined]
        tokens = writer.engine.write(order(1, most=80))
        await anext(tokens)
        await tokens.aclose()
        other = await written(writer, order(2, most=5))
        return steps, len(other)

    steps, other = run(scenario())
    assert other == 5
    assert steps < 20


def test_what_texts_begin_with_is_read_once(open_writer: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = [5 + (place * 11) % 200 for place in range(40)]
    other = object()
    orders = [
        Order([*begin, *ids], 6, frozenset(), COLD, adapter)
        for ids, adapter in (([7, 8, 9], None), ([7, 8], None), ([10], None), ([7, 8], other))
    ]
    read = OnnxDecoder.read
    taken: list[tuple[int, int]] = []

    def counted(self: OnnxDecoder, row: int, ids: Any, start: int, adapter: Any) -> Any:
        taken.append((start, len(ids)))
        return read(self, row, ids, start, None)

    monkeypatch.setattr(OnnxDecoder, "read", counted)
    step = OnnxDecoder.step
    monkeypatch.setattr(OnnxDecoder, "step", lambda self, ids, at, adapters: step(self, ids, at, [None] * len(ids)))

    async def together() -> list[list[int]]:
        writer = open_writer()
        return list(await asyncio.gather(*(written(writer, each) for each in orders)))

    async def alone() -> list[list[int]]:
        writer = open_writer()
        return [await written(writer, each) for each in orders]

    found = run(together())
    assert taken == [(0, 43), (41, 1), (40, 1), (0, 42)]
    expected = run(alone())
    assert sum(one == other for one, other in zip(found, expected, strict=True)) >= 3
    assert found[1] == found[3]


def test_a_first_token_is_passed_on_before_the_next_step_begins(
    open_writer: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Long, so that a busy machine makes no difference.
    monkeypatch.setattr(onnx_writer, "PASSING_ON_SECONDS", 0.3)

    async def scenario() -> tuple[int, int]:
        writer = open_writer()
        steps = 0
        step = writer.engine._decoder.step  # type: ignore[attr-defined]

        def counted(*arguments: Any) -> Any:
            nonlocal steps
            steps += 1
            return step(*arguments)

        writer.engine._decoder.step = counted  # type: ignore[attr-defined]
        parts = writer.parts(WriteRequest(messages=chat("Hi"), most=4, seed=1))
        await anext(parts)
        begun = steps
        return begun, len([part async for part in parts])

    begun, rest = run(scenario())
    assert begun == 0
    assert rest


def test_more_than_can_wait_are_told_when_to_come_again(open_writer: Open) -> None:
    async def scenario() -> None:
        writer = open_writer()
        tasks = [asyncio.create_task(written(writer, order(1, most=60))) for _ in range(ROWS + MOST_WAITING)]
        while writer.waiting < MOST_WAITING:
            await asyncio.sleep(0)
        with pytest.raises(QueueFull) as refused:
            await written(writer, order(1))
        assert int(refused.value.headers["Retry-After"]) >= 1
        for task in tasks:
            task.cancel()

    run(scenario())


def test_a_workspace_does_not_wait_behind_all_that_another_has_sent(open_writer: Open) -> None:
    async def scenario() -> tuple[list[str], list[BaseException]]:
        writer = open_writer()
        ended: list[str] = []

        async def ask(workspace: str) -> None:
            await written(writer, replace(order(1, most=4), workspace=workspace))
            ended.append(workspace)

        many = [asyncio.create_task(ask("greedy")) for _ in range(2 * MOST_WAITING)]
        while writer.waiting < MOST_WAITING:
            await asyncio.sleep(0)
        # The queue is full, of one workspace.
        found = await asyncio.gather(ask("other"), *many, return_exceptions=True)
        return ended, [each for each in found if each is not None]

    ended, refused = run(scenario())
    assert ended.index("other") <= 2 * ROWS
    assert {type(each) for each in refused} == {QueueFull}


def test_it_chooses_tokens_as_in_its_exam_unless_told_otherwise(open_writer: Open) -> None:
    writer = replace(open_writer(), decoding=Decoding(frequency_penalty=0.3, stop_bias=-1))
    ends = dict.fromkeys(writer.words.chat.stop_ids, -1.0)

    async def wishes(**request: Any) -> tuple[float, float, dict[int, float]]:
        found = (await writer.order(WriteRequest(messages=chat("Hi"), **request))).wishes
        return found.temperature, found.frequency_penalty, found.logit_bias

    async def scenario() -> None:
        assert await wishes() == (0, 0.3, ends)
        assert await wishes(temperature=0, frequency_penalty=0, logit_bias={7: 1}) == (0, 0, ends | {7: 1})
        assert await wishes(temperature=0.7) == (0.7, 0, {})
        assert await wishes(json_schema={"type": "object"}) == (0, 0, ends), "signs of a schema come again and again"
        assert await wishes(n=2) == (1, 0, {}), "several of the likeliest would be the same"

    run(scenario())


def test_the_untuned_model_answers_in_the_same_manner_where_it_is_told_that(open_writer: Open) -> None:
    untuned = open_writer()
    tuned = replace(untuned, decoding=Decoding(frequency_penalty=0.3, stop_bias=-1))
    manner = {
        "temperature": 0,
        "frequency_penalty": 0.3,
        "logit_bias": dict.fromkeys(untuned.words.chat.stop_ids, -1),
    }

    async def scenario() -> None:
        usual, *told = [
            (await writer.order(WriteRequest.model_validate({"messages": chat("Hi")} | wishes))).wishes
            for writer, wishes in ((tuned, {}), (tuned, manner), (untuned, manner))
        ]
        assert told == [usual, usual]

    run(scenario())


def test_a_model_that_was_not_taught_draws_as_the_openai_api_does(open_writer: Open) -> None:
    found = run(open_writer().order(WriteRequest(messages=chat("Hi")))).wishes
    assert (found.temperature, found.frequency_penalty) == (1, 0)


def answer(open_writer: Open, **request: Any) -> tuple[list[Part], Usage]:
    async def scenario() -> tuple[list[Part], Usage]:
        return await parts_of(open_writer(), **request)

    return run(scenario())


def chat(*contents: str) -> list[Said]:
    return [Said(role="user", content=content) for content in contents]


def test_a_chat_is_answered_with_the_models_own_template(open_writer: Open, folder: Path) -> None:
    from transformers import AutoTokenizer

    parts, usage = answer(open_writer, messages=chat("How are you?"), most=9, temperature=0)
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    asked = tokenizer.apply_chat_template(
        [{"role": "user", "content": "How are you?"}], add_generation_prompt=True, tokenize=False
    )
    assert usage.prompt_tokens == len(tokenizer.encode(asked, add_special_tokens=False))
    assert usage.completion_tokens == 9 or parts[-1].finish_reason == "stop"


def test_an_answer_to_a_schema_keeps_it(open_writer: Open) -> None:
    for seed in range(3):
        parts, _ = answer(open_writer, messages=chat("Who?"), json_schema=PERSON, seed=seed, most=80)
        found = json.loads("".join(part.text for part in parts))
        assert found["age"] in (7, 8)
        assert isinstance(found["good"], bool)
        assert parts[-1].finish_reason == "stop"
    with pytest.raises(Unwritable, match="schema"):
        answer(open_writer, messages=chat("Who?"), json_schema={"type": "nonsense"})


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "const": -1e19},
        {"$ref": "#"},
        {"allOf": [{"$ref": "#"}]},
        {"properties": {f"p{number}": {"type": "integer"} for number in range(2000)}},
    ],
)
def test_a_schema_that_would_end_or_stop_the_process_is_refused(open_writer: Open, schema: dict[str, Any]) -> None:
    with pytest.raises(Unwritable, match="schema"):
        answer(open_writer, messages=chat("Who?"), json_schema=schema, most=4)


def test_the_trouble_of_one_text_is_not_that_of_the_others(open_writer: Open) -> None:
    async def scenario() -> tuple[Any, Any]:
        writer = open_writer()
        step = writer.engine._decoder.step  # type: ignore[attr-defined]

        def spoilt(*arguments: Any) -> Any:
            scores = step(*arguments)
            scores[0] = np.nan
            return scores

        writer.engine._decoder.step = spoilt  # type: ignore[attr-defined]
        both = (written(writer, order(1, wishes=Wishes(seed=1))), written(writer, order(2, most=6)))
        first, second = await asyncio.gather(*both, return_exceptions=True)
        return first, second

    first, second = run(scenario())
    assert isinstance(first, ValueError)
    assert len(second) == 6


def test_memory_that_is_given_back_holds_nothing_any_more(folder: Path) -> None:
    decoder = OnnxDecoder(folder / "graph", threads=1, rows=ROWS, room=ROOM)
    decoder.read(0, [5, 6, 7], 0, None)
    memory = decoder._memory["0.k"].array
    assert memory.any()
    decoder.forget()
    assert not memory.any()


def test_a_row_is_told_the_adapter_of_its_text_and_no_other(folder: Path) -> None:
    decoder = OnnxDecoder(folder / "graph", threads=1, rows=ROWS, room=ROOM)
    draw = np.random.default_rng(0)

    def adapter() -> Adapter:
        linears = decoder.facts.linears.items()
        parts = {name: (draw.normal(size=(size, 2)), draw.normal(size=(2, out))) for name, (size, out) in linears}
        return Adapter(2, {name: (a.astype(np.float32), b.astype(np.float32)) for name, (a, b) in parts.items()})

    def read(of: Adapter | None) -> list[float]:
        return [float(each) for each in decoder.read(0, [5, 6, 7], 0, of)]

    plain, one, other = read(None), adapter(), adapter()
    with_one, with_other = read(one), read(other)
    assert plain != with_one != with_other != plain
    assert read(other) == with_other
    assert read(one) == with_one
    # What a row was told of it is let go of with it.
    del one
    decoder.rest()
    assert read(None) == plain


def test_numbers_that_are_no_tokens_are_refused(open_writer: Open) -> None:
    for wrong in ([5, 2**31], [-1]):
        with pytest.raises(Unwritable, match="none of the model's"):
            answer(open_writer, prompt=wrong, most=2)


def test_a_token_that_only_the_tokenizer_knows_is_refused(open_writer: Open, folder: Path, tmp_path: Path) -> None:
    """As that for a picture in the text part of Gemma 3."""
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    vocabulary = tokenizer.get_vocab_size()
    tokenizer.add_special_tokens(["<image>"])
    tokenizer.save(str(tmp_path / "tokenizer.json"))

    async def scenario(prompt: str | list[int]) -> None:
        writer = open_writer()
        writer = replace(writer, words=replace(writer.words, plain=PlainTokenizer(tmp_path), tokenizer=tokenizer))
        await parts_of(writer, prompt=prompt, most=2)

    for prompt in ("A <image>", [5, vocabulary]):
        with pytest.raises(Unwritable, match=f"none of the model's {vocabulary} tokens"):
            run(scenario(prompt))


def test_a_schema_is_kept_where_the_tokenizer_knows_more_than_the_model(folder: Path) -> None:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    vocabulary = tokenizer.get_vocab_size()
    tokenizer.add_special_tokens(["<image>"])
    grammar = Grammars(tokenizer, vocabulary, [1]).of(PERSON)
    scores = np.zeros(vocabulary, np.float32)
    grammar.forbid(scores)
    assert [tokenizer.decode([int(token)]) for token in np.flatnonzero(scores == 0)] == ["{"]


def test_likelihoods_end_with_the_text(open_writer: Open) -> None:
    parts, _ = answer(open_writer, messages=chat("Tell"), most=12, temperature=0, logprobs=1)
    text = "".join(part.text for part in parts)
    stop = text[3:5]
    parts, _ = answer(open_writer, messages=chat("Tell"), most=12, temperature=0, logprobs=1, stop=[stop])
    cut = "".join(part.text for part in parts)
    assert cut == text[: text.index(stop)]
    assert "".join(token.text for part in parts for token in part.tokens) == cut


def test_thoughts_are_told_beside_the_answer(open_writer: Open) -> None:
    writer = open_writer()
    said = writer.words.tokenizer.encode("<think>\nRed?\n</think>\n\nIt is red.").ids

    async def thinking(_order: Order) -> AsyncGenerator[Token]:
        for number in [*said, *writer.words.chat.stop_ids]:
            yield Token(number)

    writer.engine.write = thinking  # type: ignore[method-assign]
    parts, usage = run(parts_of(writer, messages=chat("Which?")))
    assert "".join(part.thought for part in parts) == "Red?"
    assert "".join(part.text for part in parts) == "It is red."
    assert usage.completion_tokens == len(said) + 1
    parts, _ = run(parts_of(writer, prompt="Which?"))
    assert "".join(part.text for part in parts) == writer.words.tokenizer.decode(said)


def test_a_seed_repeats_an_answer_and_choices_differ(open_writer: Open) -> None:
    asked: dict[str, Any] = {"messages": chat("Tell"), "most": 12, "seed": 3, "n": 2}

    def texts() -> list[str]:
        parts, _ = answer(open_writer, **asked)
        return ["".join(part.text for part in parts if part.index == index) for index in range(2)]

    first = texts()
    assert first == texts()
    assert first[0] != first[1]


def test_likelihoods_come_with_every_token(open_writer: Open) -> None:
    parts, _ = answer(open_writer, messages=chat("Tell"), most=5, temperature=0, logprobs=3)
    for token in (token for part in parts for token in part.tokens):
        assert token.logprob == pytest.approx(token.likeliest[0].logprob)
        assert [each.logprob for each in token.likeliest] == sorted(
            (each.logprob for each in token.likeliest), reverse=True
        )


@pytest.mark.parametrize("text", ["größer", "漢字", "🙂", "a<|im_end|>b", "\N{REPLACEMENT CHARACTER}"])
def test_bytes_of_tokens_are_those_of_the_text(folder: Path, text: str) -> None:
    letters = Tokenizer.from_file(str(folder / "tokenizer.json"))
    named = Tokenizer(
        models.BPE({"▁": 0, **{f"<0x{byte:02X}>": byte + 1 for byte in range(256)}}, [], byte_fallback=True)
    )
    named.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    for tokenizer in (letters, named):
        ids = tokenizer.encode(text).ids
        assert len(ids) > 1
        assert b"".join(bytes_of(tokenizer, each) for each in ids) == text.encode()


def test_what_has_no_room_is_told_before_anything_is_written(open_writer: Open) -> None:
    with pytest.raises(TooLong, match="maximum context length is 96 tokens, its answer included; what it was sent has"):
        answer(open_writer, messages=chat("x" * 200))


def test_control_tokens_of_a_message_are_text(open_writer: Open) -> None:
    async def ids() -> tuple[list[int], list[int]]:
        writer = open_writer()
        asked = WriteRequest(messages=chat("a<|im_end|>b"))
        return (await writer.order(asked)).ids, writer.words.plain.encode("<|im_end|>")

    found, (control,) = run(ids())
    assert found.count(control) == 1  # that of the template, behind the message


def test_a_text_ends_before_its_stop_however_tokens_cut_it(folder: Path) -> None:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))

    def streamed(text: str, *stops: str) -> tuple[str, bool]:
        stream = TextStream(tokenizer, stops)
        found = ""
        for token in tokenizer.encode(text).ids:
            found += stream.add(token)
            if stream.stopped:
                return found, True
        return found + stream.rest(), False

    assert streamed("one, two END three", "END") == ("one, two ", True)
    assert streamed("one, two EN three", "END", "xyz") == ("one, two EN three", False)
    assert streamed("größer 漢字 🙂", "🙁") == ("größer 漢字 🙂", False)
    assert streamed("a 漢b", "漢") == ("a ", True)


def test_bytes_that_are_no_character_do_not_end_a_text() -> None:
    vocabulary = {f"<0x{number:02X}>": number for number in range(256)} | {"a": 256}
    tokenizer = Tokenizer(models.BPE(vocabulary, [], byte_fallback=True))
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    stream = TextStream(tokenizer, ["x"])
    found = [stream.add(token) for token in [*"\N{GRINNING FACE}".encode(), 0xC3, 256, 256]]
    assert "".join(found).replace("\N{REPLACEMENT CHARACTER}", "") == "\N{GRINNING FACE}aa"


def test_a_completion_begins_with_what_every_text_of_the_model_does(
    open_writer: Open, folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    begin = processors.TemplateProcessing(
        single="<|pad|> $A <|im_end|>", special_tokens=[("<|pad|>", 2), ("<|im_end|>", 1)]
    )
    tokenizer.post_processor = begin
    tokenizer.save(str(tmp_path / "tokenizer.json"))

    async def ids(prompt: str | list[int]) -> list[int]:
        writer = open_writer()
        writer = replace(writer, words=replace(writer.words, plain=PlainTokenizer(tmp_path)))
        return (await writer.order(WriteRequest(prompt=prompt))).ids

    expected = [2, *tokenizer.encode("Once", add_special_tokens=False).ids]
    assert run(ids("Once")) == expected
    assert run(ids("<|pad|>Once")) == expected, "somebody has written it with a template"
    assert run(ids([5, 6])) == [5, 6]


def test_a_completion_keeps_the_space_between_it_and_its_beginning(open_writer: Open) -> None:
    """Of a tokenizer as that of Llama 2 and Mistral, which takes the space off the first word of a text."""
    pieces = ["<s>", "\N{LOWER ONE EIGHTH BLOCK}once", "\N{LOWER ONE EIGHTH BLOCK}upon", "\N{LOWER ONE EIGHTH BLOCK}a"]
    tokenizer = Tokenizer(models.BPE({piece: number for number, piece in enumerate(pieces)}, []))
    tokenizer.add_special_tokens(["<s>"])
    spaces = decoders.Replace("\N{LOWER ONE EIGHTH BLOCK}", " ")
    tokenizer.decoder = decoders.Sequence([spaces, decoders.Fuse(), decoders.Strip(" ", 1, 0)])

    async def text(*prompt: int) -> str:
        writer = open_writer()
        writer = replace(writer, words=replace(writer.words, tokenizer=tokenizer))
        always = {1: -100.0, 2: 100.0, 3: -100.0}
        parts, _ = await parts_of(writer, prompt=list(prompt), most=2, logit_bias=always, temperature=0)
        return "".join(part.text for part in parts)

    assert run(text(0, 1)) == " upon upon"
    assert run(text(0)) == "upon upon"


def test_wishes_change_what_is_chosen() -> None:
    scores = np.array([1.0, 3.0, 2.0, 0.0], np.float32)

    def chosen(times: int = 1, **wishes: Any) -> list[int]:
        chooser = Chooser(Wishes(**({"temperature": 0} | wishes)), None)
        return [chooser.choose(scores).id for _ in range(times)]

    assert chosen(2) == [1, 1]
    assert chosen(3, presence_penalty=2) == [1, 2, 0] or chosen(3, presence_penalty=2) == [1, 2, 1]
    assert chosen(4, frequency_penalty=1.5)[:2] == [1, 2]
    assert chosen(logit_bias={3: 100.0, 99_999: 100.0}) == [3]
    assert set(chosen(50, temperature=2, top_p=0.6, seed=1)) <= {1, 2}
    assert len(set(chosen(200, temperature=2, seed=1))) == 4
    assert chosen(5, temperature=1, seed=4) == chosen(5, temperature=1, seed=4)
