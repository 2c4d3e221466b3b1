"""Encodings: marks, strict UTF-8, UTF-16 without a mark, legacy ones by plausibility over the whole file."""

import pytest
from readings import MESSY, codes, table

CHINESE = "文本,标签\n" + "这个酒店的服务非常好，我们都很满意,好评\n房间太小了，而且不干净，下次不会来,差评\n" * 30
SAMPLES = {
    "gb18030": CHINESE,
    "big5": "文字,標籤\n" + "這是一個很好的酒店，我們非常滿意,正面\n房間太小而且服務不好，不會再來,負面\n" * 30,
    "shift_jis": "テキスト,ラベル\n" + "この商品はとても良かったです,良い\n二度と買いません、最悪でした,悪い\n" * 30,
    "euc-kr": "텍스트,라벨\n" + "이것은 정말 좋은 영화였습니다,긍정\n다시는 안 봅니다 별로였어요,부정\n" * 30,
    "cp1252": "texte,étiquette\n" + "C’était très agréable à l’hôtel,élevé\nJe ne reviendrai plus là,négatif\n" * 30,
}


@pytest.mark.parametrize("encoding", SAMPLES)
def test_a_legacy_encoding_is_recognised(read, encoding):
    text = SAMPLES[encoding]
    reading = read(text.encode(encoding))
    assert reading.encoding == encoding
    assert [reading.columns, *table(reading)] == [line.split(",") for line in text.splitlines()]
    assert "encoding_guessed" in codes(reading)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_recognised_with_and_without_a_mark(read, codec):
    reading = read(CHINESE.encode(codec))
    assert reading.columns == ["文本", "标签"]
    assert reading.questions == []


def test_a_foreign_script_is_read_with_a_question(read):
    reading = read("текст,метка\nпривет мир как дела,хорошо\nпогода сегодня плохая,плохо\n".encode("cp1251") * 3)
    assert [question.code for question in reading.questions if question.code == "encoding"] == ["encoding"]


def test_the_first_odd_letter_may_come_late(read):
    text = "text,label\n" + "plain words,a\n" * 80_000 + "café,b\n"
    assert table(read(text.encode()))[-1] == ["café", "b"]
    assert table(read(text.encode("cp1252")))[-1] == ["café", "b"]


def test_one_broken_byte_does_not_change_the_encoding_of_the_file(read):
    content = "text,label\nnaïve,a\n汉字和更多的汉字都在这里,b\n".encode() + b"br\xffken,c\n" + b"plain,d\n"
    reading = read(content)
    assert reading.encoding == "utf-8"
    assert table(reading)[2:] == [["br\ufffdken", "c"], ["plain", "d"]]
    finding = next(finding for finding in reading.findings if finding.code == "undecodable_bytes")
    assert (finding.count, finding.rows) == (1, [3])
    assert "line 4" in finding.message


def test_a_given_encoding_is_used(read):
    assert table(read(b"text,label\n\xe9,a\nb,c\n", encoding="latin-1"))[0] == ["é", "a"]


@pytest.mark.skipif(not MESSY.exists(), reason="the shared data is not beside the project")
def test_a_file_whose_head_reads_as_chinese_is_not_taken_for_it(read):
    reading = read(MESSY / "e12_kaggle_spam_cp1252.csv")
    assert reading.encoding == "cp1252"
    assert "£1.50" in table(reading)[5][1]
