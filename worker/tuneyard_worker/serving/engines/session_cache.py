"""ONNX Runtime sessions and tokenizers, shared between the versions that need the same bytes."""

import hashlib
import threading
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnxruntime
from tokenizers import Tokenizer


@dataclass(frozen=True, eq=False)
class SharedSession:
    """A loaded graph; it is freed when the last classifier that uses it is."""

    key: str
    session: Any
    size_bytes: int


@dataclass(frozen=True, eq=False)
class SharedTokenizer:
    """A tokenizer that cuts at a fixed length; never changed after loading, so threads may share it."""

    tokenizer: Tokenizer


class SessionCache:
    """Gives the same session for the same sha256 as long as anybody holds it."""

    def __init__(self) -> None:
        self._sessions: weakref.WeakValueDictionary[tuple[str, int], SharedSession] = weakref.WeakValueDictionary()
        self._tokenizers: weakref.WeakValueDictionary[tuple[str, int], SharedTokenizer] = weakref.WeakValueDictionary()
        self._lock = threading.Lock()

    def session(self, path: Path, sha256: str, threads: int) -> SharedSession:
        """The session of the graph at `path`, whose content is `sha256`."""
        key = session_key(path, sha256)
        with self._lock:
            shared = self._sessions.get((key, threads))
            if shared is None:
                shared = SharedSession(key, open_session(path, threads), graph_bytes(path))
                self._sessions[key, threads] = shared
            return shared

    def tokenizer(self, path: Path, max_length: int) -> SharedTokenizer:
        """The tokenizer of `path`, cutting texts after `max_length` tokens and never padding."""
        content = path.read_bytes()
        key = (hashlib.sha256(content).hexdigest(), max_length)
        with self._lock:
            shared = self._tokenizers.get(key)
            if shared is None:
                tokenizer = Tokenizer.from_buffer(content)
                tokenizer.enable_truncation(max_length)
                tokenizer.no_padding()
                shared = SharedTokenizer(tokenizer)
                self._tokenizers[key] = shared
            return shared


def open_session(path: Path, threads: int) -> Any:
    """An ONNX Runtime session on the CPU that computes with `threads` threads, which sleep between runs."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # While they wait for the next part of the same run they spin, as to be woken takes longer than most parts do;
    # between runs they would take the cores from a training that runs beside.
    options.add_session_config_entry("session.intra_op.allow_spinning", "1")
    options.add_session_config_entry("session.force_spinning_stop", "1")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    # The arena keeps the memory of the largest batch ever seen; an idle process should give it back.
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def session_key(path: Path, sha256: str) -> str:
    """What makes two graphs the same: the graph's sha256 and, if its weights lie in files beside it, theirs."""
    digests = [sha256]
    for beside in external_files(path):
        with beside.open("rb") as stream:
            digests.append(hashlib.file_digest(stream, "sha256").hexdigest())
    return "+".join(digests)


def graph_bytes(path: Path) -> int:
    """About what a session holds in memory: the graph file and the external data files beside it."""
    return path.stat().st_size + sum(beside.stat().st_size for beside in external_files(path))


def external_files(path: Path) -> list[Path]:
    """The files of external data that belong to a graph, as exporters name them."""
    return sorted({*path.parent.glob(f"{path.name}.data*"), *path.parent.glob(f"{path.name}_data*")})
