"""Tables are read as they were meant, or refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from segreport.errors import InputError
from segreport.sources import read

TABLE = [["id", "name", "spend"], ["001", "Müller, K.", "12.50"], ["002", "=1+1", "7"], ["003", 'say "hi"', "9"]]


def as_text(delimiter: str) -> str:
    def cell(text: str) -> str:
        return f'"{text.replace(chr(34), chr(34) * 2)}"' if delimiter in text or '"' in text else text

    return "\r\n".join(delimiter.join(cell(text) for text in row) for row in TABLE) + "\r\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_same_table_is_read_from_every_dialect(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(as_text(delimiter).encode(encoding))
    table = read(path)
    assert [list(table.frame), *table.frame.to_numpy().tolist()] == TABLE
    assert table.source.dialect["delimiter"] == {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}[delimiter]


def test_leading_blank_lines_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\n\n" + as_text(","), encoding="utf-8")
    assert len(read(path).frame) == 3


def test_a_line_that_does_not_fit_is_rejected_with_its_number_and_never_shifted(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n3\n4,5\n6,7\n", encoding="utf-8")
    table = read(path)
    assert table.frame.to_numpy().tolist() == [["1", "2"], ["4", "5"], ["6", "7"]]
    assert [(reject.line, reject.reason) for reject in table.rejects] == [(3, "1 cells where the header has 2")]
    assert table.source.rows == 4


def test_a_workbook_is_read_like_its_csv(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "Notes"
    sheet = book.create_sheet("Data")
    for row in TABLE:
        sheet.append(row)
    path = tmp_path / "t.xlsx"
    book.save(path)
    table = read(path)
    assert table.frame.to_numpy().tolist() == [
        ["001", "Müller, K.", "12.50"],
        ["002", None, "7"],
        ["003", 'say "hi"', "9"],
    ]
    assert table.source.dialect == {"format": "Excel workbook", "sheet": "Data"}
    with pytest.raises(InputError, match="no sheet 'Nowhere'"):
        read(path, sheet="Nowhere")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b" \n\n", "is empty"),
        ("header.csv", b"a,b,c\n", "has a header but no rows"),
        ("page.csv", b"<!DOCTYPE html><html><body>log in</body></html>", "holds HTML"),
        ("zipped.csv", b"PK\x03\x04 something", "zip archive but not a workbook"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "password-protected"),
        ("binary.csv", b"a\0b\0c\0", "binary data"),
        ("twice.csv", b"a,b,a\n1,2,3\n", "names 'a' more than once"),
        ("quote.csv", b'a,b,c\n1,"2,3\n4,5,6\n7,8,9\n1,2",3\n', "line 2: a quote opens here and closes in line 5"),
        ("late.csv", b"a,b\n" + b"1,2\n" * 3000 + b"\0,3\n", "binary data"),
        ("ragged.csv", b"a,b\n1\n2\n3\n4,5\n", "line 2: 1 cells where the header has 2"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as refusal:
        read(path)
    assert "\n" not in refusal.value.message
    assert refusal.value.hint


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read(tmp_path / "missing.csv")
    with pytest.raises(InputError, match="is a folder"):
        read(tmp_path)


def test_the_real_table_is_read_whole(campaign: Path) -> None:
    table = read(campaign)
    assert table.frame.shape == (2240, 29)
    assert table.source.dialect == {"format": "delimited text", "delimiter": "tab", "encoding": "utf-8"}
