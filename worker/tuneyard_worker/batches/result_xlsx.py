"""The result of a batch as an Excel workbook, written row by row in constant memory (ECMA-376, part 1, 18.3)."""

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import escape

NAME = "result.xlsx"

HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"

PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{SHEETS}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="Predictions" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
# XML can't hold these; the format spells them _xHHHH_, and an underscore that would look like that as _x005F_.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


class XlsxResult:
    """One sheet. Cells are strings, so nothing in them can run as a formula."""

    def __init__(self, folder: Path) -> None:
        self._archive = zipfile.ZipFile(folder / NAME, "w", zipfile.ZIP_DEFLATED)
        for name, content in PARTS.items():
            self._archive.writestr(name, HEADER + content)
        self._sheet = self._archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True)
        self._sheet.write(f'{HEADER}<worksheet xmlns="{SHEETS}"><sheetData>'.encode())

    def write(self, cells: Iterable[str | float | None]) -> None:
        """Append a row; None is an empty cell."""
        self._sheet.write(f"<row>{''.join(map(_cell, cells))}</row>".encode())

    def close(self) -> None:
        """Finish the file."""
        self._sheet.write(b"</sheetData></worksheet>")
        self._sheet.close()
        self._archive.close()


def _cell(value: str | float | None) -> str:
    if value is None or value == "":
        return "<c/>"
    if not isinstance(value, str):
        return f"<c><v>{value!r}</v></c>"
    written = UNWRITABLE.sub(lambda found: f"_x{ord(found.group()):04X}_", value)
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(written)}</t></is></c>'
