"""Which encoding a text file is in, judged over the whole file and never over its head alone."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tuneyard_worker.data.scripts import plausibility
from tuneyard_worker.failures import JobFailure

CHUNK_BYTES = 1 << 20
SAMPLE_BYTES = 1 << 18
SAMPLE_PER_CHUNK = 8_192
LONGEST_LINE_BYTES = 64 << 20

BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# In the order of preference between equally plausible ones.
CANDIDATES = ("gb18030", "cp932", "cp950", "cp949", "cp1252", "latin-1")
SHOWN = {"cp932": "shift_jis", "cp950": "big5", "cp949": "euc-kr", "utf-8-sig": "utf-8"}
SUPERSETS = {"shift_jis": "cp932", "big5": "cp950", "euc_kr": "cp949", "gbk": "gb18030", "gb2312": "gb18030"}
NOT_ASCII = re.compile(r"[^\x00-\x7f\ufffd]")
# Codecs that Python has for other ends than the text of a file.
NOT_FOR_FILES = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7"})


@dataclass(frozen=True)
class Decoding:
    """How to decode a file, and how sure that is."""

    codec: str
    confident: bool = True
    guessed: bool = False
    damaged: bool = False
    alternatives: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What people call it, and what `ReadingOptions.encoding` takes."""
        return SHOWN.get(self.codec, self.codec)


@dataclass
class _Scan:
    """What one pass over the bytes tells."""

    size: int = 0
    bad_utf8: int = 0
    good_utf8: int = 0
    even_nuls: int = 0
    odd_nuls: int = 0
    sample: list[bytes] = field(default_factory=list)
    sampled: int = 0


def detect(path: Path, wanted: str | None) -> Decoding:
    """The decoding of `path`: `wanted` if given, else by byte order mark, strict UTF-8, UTF-16 and plausibility."""
    with path.open("rb") as stream:
        head = stream.read(SAMPLE_BYTES)
    if wanted is not None:
        codec = codec_of(wanted)
        return Decoding(codec, damaged=not _decodes(path, codec))
    for mark, codec in BOMS:
        if head.startswith(mark):
            return Decoding(codec, damaged=not _decodes(path, codec))
    scan = _scan(path)
    utf16 = _utf16(head, scan)
    if utf16 is not None and _decodes(path, utf16):
        return Decoding(utf16, guessed=True)
    if scan.bad_utf8 == 0:
        return Decoding("utf-8")
    if scan.good_utf8 >= 10 * scan.bad_utf8:
        return Decoding("utf-8", damaged=True)
    return _judge(path, b"\n".join(scan.sample), scan)


def codec_of(name: str) -> str:
    """The codec a person means by `name`, in its most inclusive variant; refuses what is no text encoding."""
    try:
        found = codecs.lookup(name)
        "a".encode(name)
        if found.name in NOT_FOR_FILES:
            raise LookupError(name)
    except (LookupError, UnicodeError, ValueError) as error:
        raise JobFailure(
            "unknown_encoding",
            f"There is no encoding called '{name[:60]}'.",
            "Use a name such as utf-8, gb18030, shift_jis, big5, utf-16 or cp1252.",
            details={"encoding": name[:60]},
        ) from error
    codec = found.name
    if codec == "utf-8":
        return "utf-8-sig"
    if codec == "iso8859-1":
        return "cp1252" if name.lower() == "cp1252" else "latin-1"
    return SUPERSETS.get(codec, codec)


def check_line_lengths(path: Path) -> None:
    """Refuse a line longer than 64 MiB before anything tries to hold it."""
    line, length = 1, 0
    for chunk in _chunks(path):
        # Between two line ends of one chunk there is at most the chunk, so only its first and last end matter.
        first = min((place for place in (chunk.find(b"\n"), chunk.find(b"\r")) if place >= 0), default=None)
        length += len(chunk) if first is None else first
        if length > LONGEST_LINE_BYTES:
            raise JobFailure(
                "line_too_long",
                f"Line {line:,} is longer than 64 MiB.",
                "Check that the file has line breaks; a cell may hold at most 64 MiB.",
                details={"line": line},
            )
        if first is not None:
            length = len(chunk) - 1 - max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            line += chunk.count(b"\n") or chunk.count(b"\r")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk


def _scan(path: Path) -> _Scan:
    scan = _Scan()
    strict = codecs.getincrementaldecoder("utf-8")("strict")
    lenient = codecs.getincrementaldecoder("utf-8")("replace")
    for chunk in _chunks(path):
        nuls = chunk.count(0)
        if nuls:
            even = chunk[::2].count(0)
            scan.even_nuls, scan.odd_nuls = scan.even_nuls + even, scan.odd_nuls + nuls - even
        if not chunk.isascii() and scan.sampled < SAMPLE_BYTES:
            _take_sample(scan, chunk)
        scan.size += len(chunk)
        if scan.bad_utf8 == 0:
            state = strict.getstate()
            try:
                good = strict.decode(chunk)
                scan.good_utf8 += 0 if good.isascii() else len(NOT_ASCII.findall(good))
                continue
            except UnicodeDecodeError:
                lenient.setstate(state)
        text = lenient.decode(chunk)
        scan.bad_utf8 += text.count("\ufffd")
        scan.good_utf8 += len(NOT_ASCII.findall(text))
    if scan.bad_utf8 == 0 and strict.getstate()[0]:
        scan.bad_utf8 = 1
    return scan


def _take_sample(scan: _Scan, chunk: bytes) -> None:
    taken = 0
    for line in chunk.splitlines():
        if line.isascii():
            continue
        scan.sample.append(line[:SAMPLE_PER_CHUNK])
        taken += len(scan.sample[-1])
        if taken >= SAMPLE_PER_CHUNK and scan.size > 0:
            break
    scan.sampled += taken


def _utf16(head: bytes, scan: _Scan) -> str | None:
    """UTF-16 without a mark: the NULs of its ASCII characters all stand on the even or all on the odd places."""
    nuls = scan.even_nuls + scan.odd_nuls
    if nuls * 200 < scan.size or scan.size % 2 or min(scan.even_nuls, scan.odd_nuls) * 20 > nuls:
        return None
    codec = "utf-16-be" if scan.even_nuls > scan.odd_nuls else "utf-16-le"
    text = head[: len(head) // 4 * 4].decode(codec, errors="replace")
    return codec if re.search("[\r\n]", text) and text.count("\ufffd") <= 1 else None


def _decodes(path: Path, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _judge(path: Path, sample: bytes, scan: _Scan) -> Decoding:
    """The most plausible of the encodings in which every byte of the file means something."""
    survivors = [codec for codec in CANDIDATES if _decodes(path, codec)]
    if "cp1252" in survivors:
        survivors.remove("latin-1")
    scores = {codec: plausibility(sample.decode(codec, errors="ignore"), codec) for codec in survivors}
    ranked = sorted(survivors, key=lambda codec: -scores[codec])
    best, rest = ranked[0], ranked[1:]
    high = len(re.findall(rb"[\x80-\xff]", sample))
    if scores[best] < 0.5:
        if scan.bad_utf8 <= 3 and scan.good_utf8 == 0:
            return Decoding("utf-8", damaged=True)
        return _ask_charset_normalizer(path, sample, ranked)
    lead = scores[best] - max((scores[codec] for codec in rest), default=0.0)
    enough = high >= (10 if best in {"cp1252", "latin-1"} else 200)
    confident = enough and scores[best] >= 0.8 and lead >= 0.1
    return Decoding(best, confident, guessed=True, alternatives=tuple(SHOWN.get(codec, codec) for codec in rest))


def _ask_charset_normalizer(path: Path, sample: bytes, ranked: list[str]) -> Decoding:
    """For scripts the rules do not know (Cyrillic, Greek, Arabic …); never sure, so always with a question."""
    from charset_normalizer import from_bytes

    found = [match.encoding for match in from_bytes(sample) if _decodes(path, match.encoding)]
    order = list(dict.fromkeys(codec_of(name) for name in [*found, *ranked]))
    return Decoding(
        order[0], confident=False, guessed=True, alternatives=tuple(SHOWN.get(codec, codec) for codec in order[1:5])
    )
