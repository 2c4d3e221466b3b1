"""A model that writes, opened for one batch in the process of the job."""

import functools
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tuneyard.specs.decoding import USUAL, Decoding
from tuneyard.specs.job import BatchPredictSpec, WriterRef
from tuneyard_worker.data.chat_text import ChatText
from tuneyard_worker.data.plain_tokenizer import PlainTokenizer
from tuneyard_worker.exporters.decoder_folder import write_decoder
from tuneyard_worker.exporters.decoder_graph import graph_bytes
from tuneyard_worker.exporters.decoder_shape import DecoderShape, UnknownDecoder, shape_of
from tuneyard_worker.failures import JobFailure
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.room import Room
from tuneyard_worker.serving.engines.adapters import read_adapter
from tuneyard_worker.serving.engines.grammar import Grammars
from tuneyard_worker.serving.engines.onnx_decoder import OnnxDecoder
from tuneyard_worker.serving.engines.onnx_writer import OnnxWriter
from tuneyard_worker.serving.writing.room import ROWS, room_of
from tuneyard_worker.serving.writing.text_stream import open_tokenizer
from tuneyard_worker.serving.writing.writer import Words, Writer

MOST_WAITING = 4 * ROWS


@contextmanager
def opened_writer(spec: BatchPredictSpec, decoding: Decoding | None, job: JobDirectory, room: Room) -> Iterator[Writer]:
    """The model of the spec, by the graph that serving has, or by one that is made here. Raises JobFailure."""
    ref = spec.writer
    if ref is None:
        raise JobFailure("broken_model", "The files of the model version are not known.", users=False)
    try:
        shape = shape_of(json.loads((ref.texts / "config.json").read_text(encoding="utf-8")))
        graph = ref.graph or make_graph(ref, shape, job, room)
        decoder = OnnxDecoder(graph, spec.budget.threads, ROWS, room_of(shape, ref.memory_bytes))
        adapter = read_adapter(ref.adapter, decoder.facts.linears) if ref.adapter else None
    except UnknownDecoder as error:
        raise JobFailure(
            "not_servable",
            f"A batch can't be answered by {error}.",
            "Ask the deployment at /v1/chat/completions instead.",
            users=False,
        ) from error
    except ValueError as error:
        raise JobFailure(
            "broken_model", f"The model version can't be loaded: {error}.", "Train the version again.", users=False
        ) from error
    tokenizer, plain = open_tokenizer(ref.texts), PlainTokenizer(ref.texts)
    chat = ChatText(plain)
    grammars = functools.partial(Grammars, tokenizer, decoder.facts.vocabulary, chat.stop_ids)
    with ThreadPoolExecutor(1, "compute") as computer, ThreadPoolExecutor(1, "words") as reader:
        engine = OnnxWriter(decoder, grammars, computer, MOST_WAITING)
        # What it is told first changes from row to row, and is among the messages.
        yield Writer(
            engine, adapter, Words(tokenizer, plain, chat, reader), system_prompt="", decoding=decoding or USUAL
        )


def make_graph(ref: WriterRef, shape: DecoderShape, job: JobDirectory, room: Room) -> Path:
    """In the job directory. Raises UnknownDecoder, JobFailure."""
    if ref.weights is None:
        raise JobFailure("broken_model", "The weights of the model version are not known.", users=False)
    room.ensure(graph_bytes(shape), "the model as it is run")
    folder = job.root / "graph"
    write_decoder(ref.weights, folder)
    return folder
