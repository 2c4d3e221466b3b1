"""A batch through the runner's front door: a job directory in, a result out."""

import csv
import json
from pathlib import Path

import openpyxl
import pytest
import python_calamine

from tuneyard.specs.job import BatchPredictSpec, Budget
from tuneyard.specs.manifest import FileManifest
from tuneyard_worker.job_directory import file_entry
from tuneyard_worker.runner import run


@pytest.fixture
def predict(tmp_path, make_artifact):
    """Run a batch on a file with this content; the job directory."""

    def predict(content: str | bytes | Path, *, name: str = "input.csv", text_columns=None) -> Path:
        path = content if isinstance(content, Path) else tmp_path / name
        if not isinstance(content, Path):
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        spec = BatchPredictSpec(
            job_id="job_2",
            path=path,
            filename=path.name,
            model=make_artifact(),
            text_columns=text_columns,
            budget=Budget(threads=1),
        )
        job = tmp_path / "job"
        job.mkdir()
        (job / "spec.json").write_text(spec.model_dump_json())
        run(job)
        return job

    return predict


def table(job: Path) -> list[list[str]]:
    with (job / "artifact" / "result.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def error(job: Path) -> dict:
    assert not (job / "artifact" / "manifest.json").exists()
    return json.loads((job / "error.json").read_text())


def test_every_row_is_in_its_place(predict):
    job = predict("id,text,owner\n1,please refund,Ann\n2,my invoice,Bob\n3,hello,Łukasz\n")
    rows = table(job)
    assert rows[0] == ["id", "text", "owner", "prediction", "confidence"]
    assert [row[:4] for row in rows[1:]] == [
        ["1", "please refund", "Ann", "refund"],
        ["2", "my invoice", "Bob", "billing"],
        ["3", "hello", "Łukasz", "other"],
    ]
    assert all(1 / 3 < float(row[4]) <= 1 for row in rows[1:])


def test_manifest_is_complete_and_the_file_opens_in_excel(predict):
    job = predict("text\nplease refund\nthe invoice\n")
    manifest = FileManifest.model_validate_json((job / "artifact" / "manifest.json").read_bytes())
    assert manifest.files == [file_entry(job / "artifact" / "result.csv", job / "artifact")]
    assert (job / "artifact" / "result.csv").read_bytes().startswith(b"\xef\xbb\xbftext")
    assert {path.name for path in job.iterdir()} == {"spec.json", "events.jsonl", "artifact", "checkpoints"}


def test_rows_without_text_stay_and_say_so(predict):
    rows = table(predict("id,text\n1,please refund\n2,\n3,   \n4,my invoice\n"))
    assert rows[0][-1] == "note"
    assert [row[2] for row in rows[1:]] == ["refund", "", "", "billing"]
    assert rows[2] == ["2", "", "", "", "The text is empty."]
    assert rows[1][-1] == ""


@pytest.mark.parametrize("blank", [" \t", "\u3000", "\xa0", "\u2028", "\x0b", "\x1f", "\x85"])
def test_no_kind_of_space_is_a_text(predict, blank):
    rows = table(predict(f'id,text\n1,please refund\n2,"{blank}"\n3,my invoice\n'))
    assert [row[2] for row in rows[1:]] == ["refund", "", "billing"]
    assert rows[2][4] == "The text is empty."


def test_unreadable_and_blank_lines_keep_their_place(predict):
    rows = table(predict("id,text\n1,please refund\n2,one,cell,too,many\n,\n4,my invoice\n"))
    assert [row[0] for row in rows] == ["id", "1", "", "", "4"]
    assert rows[2][-1].startswith("Line 3 could not be read:")
    assert rows[3][-1] == "The text is empty."


def test_names_that_are_taken_get_a_number(predict):
    rows = table(predict("text,Prediction,confidence\nplease refund,x,1\nmy invoice,y,2\n"))
    assert rows[0] == ["text", "Prediction", "confidence", "prediction_2", "confidence_2"]


def test_cells_can_not_run_in_a_spreadsheet(predict):
    content = (
        'text,amount\n"=HYPERLINK(""http://x"") refund",-3.5\n@refund,+49 151 refund\n-refund,1e5\n"\trefund",+12%\n'
    )
    rows = table(predict(content))
    assert [row[:2] for row in rows[1:]] == [
        ['\'=HYPERLINK("http://x") refund', "-3.5"],
        ["'@refund", "'+49 151 refund"],
        ["'-refund", "1e5"],
        ["'\trefund", "+12%"],
    ]
    assert {row[2] for row in rows[1:]} == {"refund"}


def test_several_text_columns_are_joined(predict):
    rows = table(predict("subject,body\nhello,refund refund refund\nthanks,\n", text_columns=["subject", "body"]))
    assert [row[2] for row in rows[1:]] == ["refund", "other"]


def test_column_names_may_differ_in_case(predict):
    assert table(predict("No,Text \n1,please refund\n2,my invoice\n"))[1][2] == "refund"


@pytest.mark.parametrize("header", ["what they say", "What They Say", "what they say "])
def test_one_column_of_texts_with_the_header_the_model_knows(predict, header):
    rows = table(predict(f"{header}\nplease\nrefund\ninvoice\n", text_columns=["what they say"]))
    assert [row[1] for row in rows[2:]] == ["refund", "billing"]
    assert len(rows) == 4


def test_missing_column_names_it_and_lists_what_there_is(predict):
    found = error(predict("id,message\n1,please refund\n2,my invoice\n"))
    assert found["code"] == "missing_column"
    assert "no column 'text'" in found["message"]
    assert "id, message" in found["message"]
    assert found["users"]


def test_file_that_is_no_table(predict):
    assert error(predict(b"%PDF-1.7 ...", name="input.csv"))["code"] == "not_a_table"


def test_excel_in_excel_out(predict, tmp_path):
    hostile = ["=1+1 refund", "a <b> & c\r\nrefund", "_x0041_ refund", " refund "]
    book = openpyxl.Workbook()
    for row in [["text", "when"], ["my invoice", 3], [None, 4], *([text, None] for text in hostile)]:
        book.active.append(row)
    for row in book.active.iter_rows():
        row[0].data_type = "s" if row[0].value else row[0].data_type
    book.save(tmp_path / "input.xlsx")

    job = predict(tmp_path / "input.xlsx")

    path = job / "artifact" / "result.xlsx"
    sheet = openpyxl.load_workbook(path).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("text", "when", "prediction", "confidence", "note")
    assert rows[1][:3] == ("my invoice", "3", "billing")
    assert isinstance(rows[1][3], float)
    assert rows[2] == (None, "4", None, None, "The text is empty.")
    assert [row[2] for row in rows[3:]] == ["refund"] * 4
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    calamine = python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()
    assert calamine[3][0] == "=1+1 refund"
    assert [entry.path for entry in FileManifest.model_validate_json(manifest(job)).files] == ["result.xlsx"]


def told(job: Path) -> list[dict]:
    events = [json.loads(line) for line in (job / "events.jsonl").read_text().splitlines()]
    return [event["data"] for event in events if event["type"] == "log"]


def test_the_log_tells_how_the_file_was_read(predict, tmp_path):
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("More")):
        for row in (["text", "id", "id"], ["my invoice", 1, 2], [None], ["please refund", 3, 4]):
            sheet.append(row)
    book.save(tmp_path / "input.xlsx")
    lines = told(predict(tmp_path / "input.xlsx"))
    assert [line["code"] for line in lines] == ["sheet_chosen", "repeated_column_name"]
    assert lines[0]["message"] == "The sheet 'Sheet' was read. Others: 'More'."
    assert lines[1]["details"] == {"count": 0, "column": "id_2", "name": "id", "number": 3}


def test_the_log_tells_which_lines_could_not_be_read(predict):
    [line] = told(predict("id,text\n1,please refund\n2,one,cell,too,many\n\n4,my invoice\n"))
    assert (line["code"], line["level"], line["details"]["lines"]) == ("rejected_lines", "warning", [3])


def manifest(job: Path) -> bytes:
    return (job / "artifact" / "manifest.json").read_bytes()


def test_delimiter_of_the_input_is_kept(predict):
    job = predict("id;text\n1;please refund\n2;my invoice\n")
    lines = (job / "artifact" / "result.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "id;text;prediction;confidence"
    assert lines[1].startswith("1;please refund;refund;0.")


def test_many_rows_in_order_with_progress(predict):
    words = ["refund", "invoice", "hello"]
    job = predict("n,text\n" + "".join(f"{number},the {words[number % 3]} is {number}\n" for number in range(3000)))
    rows = table(job)[1:]
    assert [row[0] for row in rows] == [str(number) for number in range(3000)]
    assert [row[2] for row in rows] == ["refund", "billing", "other"] * 1000
    events = [json.loads(line) for line in (job / "events.jsonl").read_text().splitlines()]
    progress = [event["data"] for event in events if event["type"] == "progress"]
    assert progress[-1]["fraction"] == 1
    assert progress[-1]["step"] == progress[-1]["total_steps"] == 3000


def test_model_without_a_manifest(predict, make_artifact, monkeypatch):
    monkeypatch.setattr(Path, "read_bytes", lambda path: _raise(path) if path.name == "manifest.json" else OLD(path))
    found = error(predict("text\nplease refund\nmy invoice\n"))
    assert found["code"] == "broken_model"
    assert not found["users"]


OLD = Path.read_bytes


def _raise(path: Path) -> bytes:
    raise FileNotFoundError(2, "No such file", str(path))
