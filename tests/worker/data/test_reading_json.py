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


def test_braces_in_a_csv_do_not_make_it_json(read):
    assert table(read('text,label\n{"a"},b\n{{x}},d\n')) == [['{"a"}', "b"], ["{{x}}", "d"]]
