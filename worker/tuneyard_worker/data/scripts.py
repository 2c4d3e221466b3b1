"""How much a decoded text looks like something people write, for telling encodings apart."""

import re
import unicodedata

COMMON_CHINESE = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方"
    "多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实這個們來為國說時會對過發後裡麼學現當沒"
    "動還進樣開從實很吗吧呢啊太非常酒店房间服务"
)
COMMON_KOREAN = frozenset("이다는을의가에고하지은로도기사한를어자인시리그나아대서있스해수요안니면게것들일만정보여주습")
KANA = re.compile("[\u3041-\u30ff]")
HIGH = re.compile(r"[^\x00-\x7f]")
# Accented letters inside words, and the signs that stand alone in Western text.
WESTERN_SIGNS = frozenset("£€©®™°–—‘’“”„…«»¿¡ºª·•§½¼¾×²³µ¢¥†‰´¨\xa0‚‹›˜¬±¹")
RUN_OF_HIGH = re.compile(r"[^\x00-\x7f]{4,}")


def plausibility(text: str, codec: str) -> float:
    """From 0 (garbage) to about 1.3 (certainly that script), over the characters outside ASCII."""
    high = HIGH.findall(text)
    if not high:
        return 0.0
    if codec in {"cp1252", "latin-1"}:
        return _western(text, high)
    usual = sum(_is_usual(char, codec) for char in high) / len(high)
    return usual + 0.3 * min(1.0, 4 * sum(_is_frequent(char, codec) for char in high) / len(high)) * usual


def _western(text: str, high: list[str]) -> float:
    good = sum(char in WESTERN_SIGNS or (unicodedata.category(char) in {"Ll", "Lu"} and char != "ÿ") for char in high)
    in_runs = sum(len(run) for run in RUN_OF_HIGH.findall(text))
    return max(0.0, (good - in_runs) / len(high))


def _is_usual(char: str, codec: str) -> bool:
    """Whether the character is of the part of the character set that everyday text uses."""
    try:
        encoded = char.encode("gb2312" if codec == "gb18030" else codec)
    except UnicodeEncodeError:
        return False
    lead = encoded[0]
    if codec == "gb18030":
        return 0xA1 <= lead <= 0xA3 or 0xB0 <= lead <= 0xD7
    if codec == "cp932":
        return len(encoded) == 2 and (0x81 <= lead <= 0x83 or 0x88 <= lead <= 0x97)
    if codec == "cp950":
        return 0xA1 <= lead <= 0xA3 or 0xA4 <= lead <= 0xC6
    return 0xA1 <= lead <= 0xA3 or 0xB0 <= lead <= 0xC8


def _is_frequent(char: str, codec: str) -> bool:
    if codec == "cp932":
        return KANA.match(char) is not None
    return char in (COMMON_KOREAN if codec == "cp949" else COMMON_CHINESE)
