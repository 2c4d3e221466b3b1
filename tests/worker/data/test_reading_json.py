"""JSON and JSONL: columns from keys, cells as they were written."""

import json

import pytest
from readings import rejects, table

from tuneyard_worker.failures import JobFailure


def test_values_stay_as_they_were_written(read):
    reading = read(
        '{"text":"a","label":1.0,"n":1e5,"b":true}\n{"text":null,"label":12345678901234567890123,"l":[1,2.5]}\n'
    )
    assert reading.columns == ["text", "label", "n", "b", "l"]
    assert table(reading) == [
        ["a", "1.0", "1e5", "true", ""],
        ["", "12345678901234567890123", "", "", "[1, 2.5]"],
    ]


def test_chat_lines_keep_their_messages_as_json(read):
    messages = [{"role": "user", "content": "你好"}, {"role": "assistant", "content": "Hi"}]
    reading = read(json.dumps({"messages": messages}) + "\n" + json.dumps({"messages": []}) + "\n")
    assert json.loads(table(reading)[0][0]) == messages


@pytest.mark.parametrize(
    "content",
    [
        '[{"text":"a","label":"b"},{"text":"c","label":"d"}]',
        '[\n  {\n "text": "a",\n "label": "b"\n },\n {"text": "c", "label": "d"}\n]\n',
        '{"data":[{"text":"a","label":"b"},{"text":"c","label":"d"}]}',
        '{\n"text":"a",\n"label":"b"}\n{\n"text":"c",\n"label":"d"}\n',
        '\n{"text":"a","label":"b"}\r\n\r\n{"text":"c","label":"d"}',
    ],
)
def test_objects_are_found_however_they_are_laid_out(read, content):
    assert table(read(content)) == [["a", "b"], ["c", "d"]]


def test_a_large_array_is_read_in_pieces(read):
    rows = [{"text": "words " * 20 + str(number), "label": number % 3} for number in range(20_000)]
    reading = read(json.dumps(rows))
    assert reading.format == "json"
    assert table(reading)[-1] == [rows[-1]["text"], "1"]


def test_broken_lines_are_rejected_by_number(read):
    reading = read('{"a":1}\nnot json\n[1]\n{"a":2}\n')
    assert table(reading) == [["1"], ["2"]]
    assert [line for line, *_ in rejects(reading)] == [2, 3]


DEEP = '{"text":' + '{"a":' * 50_000 + "1" + "}" * 50_000 + "}"
GOOD = '{"text":"hello","label":"a"}'


@pytest.mark.parametrize(
    ("odd", "says"),
    [
        (DEEP, "nested too deeply"),
        ('["hello", "a"]', "a list"),
        (f"[{GOOD}]", "a list"),
        ('"hello"', "a text"),
        ("1", "a single value"),
        ('{text: "hello"}', "Broken JSON"),
    ],
)
@pytest.mark.parametrize("place", [1, 2])
def test_an_odd_line_among_objects_is_rejected_and_the_others_are_read(read, odd, says, place):
    lines = [GOOD, GOOD]
    lines.insert(place - 1, odd)
    reading = read("\n".join(lines))
    assert (reading.columns, len(table(reading))) == (["text", "label"], 2)
    ((line, raw, reason),) = rejects(reading)
    assert line == place
    assert odd.startswith(raw.strip())
    assert says in reason


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (DEEP, "line 1 is nested too deeply"),
        (f"{DEEP}\n{DEEP}\n", "nested too deeply"),
        ('["hello","a"]\n["world","b"]\n', "Line 1: This is a list"),
        ('"hello"\n"world"\n', "Line 1: This is a text"),
        ("1\n2\n", "Line 1: This is a single value"),
        (f"[{GOOD}]\n[{GOOD}]\n", "Line 1: This is a list"),
        (f"[\n{GOOD}\n]\nmore", "line 4"),
        ('{"text":"a"\n{"text":"b"\n', "around line 2"),
    ],
)
def test_a_file_named_as_json_never_becomes_a_table_of_raw_lines(read, content, says):
    with pytest.raises(JobFailure, match=says):
        read(content, name="rows.JSONL")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('[{"text":"a"},\n{"text":"b"},\n{"text" "c"}]', "line 3"),
        ('[{"text":"a"},\n{"te', "line 2"),
        ("[" * 100_000, "line 1"),
        ('["a", "b"]', "a text"),
        ("[]", "no objects"),
    ],
)
def test_broken_json_is_refused_with_the_place(read, content, says):
    with pytest.raises(JobFailure, match=says):
        read(content)


def test_a_csv_with_the_name_of_json_is_read_as_what_it_is(read):
    assert table(read('"text","label"\n"hello","b"\n', name="rows.jsonl")) == [["hello", "b"]]


def test_braces_in_a_csv_do_not_make_it_json(read):
    assert table(read('text,label\n{"a"},b\n{{x}},d\n')) == [['{"a"}', "b"], ["{{x}}", "d"]]


CHAT = '{"id": "7",\n "conversations": [\n {"from": "human", "value": "Hi"},\n {"from": "gpt", "value": "Ho"}]}'
TALK = '[{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Ho"}]'


@pytest.mark.parametrize("content", [CHAT, f"{CHAT}\n{CHAT}\n", CHAT.replace("\n", "")])
def test_a_conversation_is_a_row_and_not_its_messages(read, content):
    reading = read(content, name="chats.json")
    assert reading.columns == ["id", "conversations"]
    assert table(reading) == [["7", TALK]] * content.count("id")


def test_bytes_that_mean_nothing_and_nuls_are_told_with_their_lines(read):
    lines = [json.dumps({"q": f"café {n}", "a": "b"}, ensure_ascii=False).encode() for n in range(40)]
    lines[6] = b'{"q": "caf\xe9", "a": "b"}'
    lines[8] = b'{"q": "x\x00y", "a": "b"}'
    lines[11] = b'{"q": "x\\u0000y", "a": "b"}'
    reading = read(b"\n".join(lines))
    found = {finding.code: finding.details for finding in reading.findings}
    assert found == {
        "undecodable_bytes": {"lines": [7], "encoding": "utf-8"},
        "nul_characters": {"lines": [9, 12]},
    }
    assert [table(reading)[row][0] for row in (6, 8, 11)] == ["caf\ufffd", "xy", "xy"]
