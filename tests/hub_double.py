"""A hub of base models in this process, which serves folders as the Hugging Face hub does."""

import gzip
import hashlib
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

COMMIT = "c0ffee" * 6 + "abcd"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def hub(
    root: Path,
    *,
    wrong_etag: bool = False,
    refusal: int | None = None,
    reason: str = "",
    packs: bool = False,
    hold: threading.Event | None = None,
    torn_at: int | None = None,
) -> Iterator[tuple[str, list[str]]]:
    """Serves `root/OWNER/NAME/FILE` as the hub does: large files by a redirect that carries their checksum.

    With `reason` it says why it refuses; with `packs` it compresses for whoever takes that, as mirrors may.
    With `hold` the second half of the weights waits for it; with `torn_at` the first answer with them breaks off there.
    """
    asked: list[str] = []
    torn: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            if refusal is not None:
                self.send_response(refusal)
                self.send_header("x-error-code", reason)
                self.send_header("content-length", "0")
                self.end_headers()
                return
            owner, name, _, revision, file = self.path.lstrip("/").replace("cdn/", "").split("/", 4)
            path = root / owner / name / file
            if not path.exists() or revision not in ("main", COMMIT):
                self.send_error(404)
                return
            redirect = file.endswith(".safetensors") and not self.path.startswith("/cdn/")
            start = int(self.headers.get("range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
            self.send_response(302 if redirect else 206 if start else 200)
            self.send_header("x-repo-commit", COMMIT)
            if redirect:
                self.send_header("x-linked-etag", f'"{"0" * 64 if wrong_etag else sha256(path)}"')
                self.send_header("location", f"/cdn{self.path}")
            packed = packs and "gzip" in self.headers.get("accept-encoding", "")
            content = gzip.compress(path.read_bytes()) if packed else path.read_bytes()
            if packed:
                self.send_header("content-encoding", "gzip")
            body = b"" if redirect else content[start:]
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.send_body(body, weights=self.path.startswith("/cdn/"))

        def send_body(self, body: bytes, *, weights: bool) -> None:
            if weights and torn_at is not None and not torn:
                torn.append(self.path)
                self.wfile.write(body[:torn_at])
                return
            half = len(body) // 2 if weights and hold is not None else 0
            self.wfile.write(body[:half])
            if half and hold is not None:
                self.wfile.flush()
                hold.wait(60)
            with suppress(ConnectionError):  # who asked may be gone
                self.wfile.write(body[half:])

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()
