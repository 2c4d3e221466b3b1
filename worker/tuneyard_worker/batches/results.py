"""The file that a batch gives back."""

from pathlib import Path

from tuneyard_worker.batches.input_table import InputTable
from tuneyard_worker.batches.result_csv import CsvResult
from tuneyard_worker.batches.result_xlsx import XlsxResult

PREDICTION, NOTE = "prediction", "note"


def open_result(folder: Path, table: InputTable) -> CsvResult | XlsxResult:
    """A file like the uploaded one: a workbook for a workbook, else CSV with the same delimiter."""
    if table.format == "excel":
        return XlsxResult(folder)
    return CsvResult(folder, table.delimiter or ",")
