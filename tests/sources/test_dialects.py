"""The same table reads the same in every dialect and encoding that people save it in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from segreport.config import InputSection
from segreport.domain import SourceTable
from segreport.engine import Session, open_session
from segreport.errors import InputError
from segreport.sources.delimited import read_delimited
from segreport.sources.place import Place

HEADER = ["Kundennummer", "Name", "Ort", "Umsatz", "Seit"]
ROWS = [
    ["00017", "Müller, Söhne & Co.", "Köln", "1250.75", "2021-03-04"],
    ["00018", 'Hotel "Zur Post"', "Zürich", "88", "2020-11-30"],
    ["00019", "=1+1; | tab", "Orléans", "", "2019-01-02"],
    ["00020", "NA", "Århus", "-7.5", ""],
    ["00021", "two\nlines", "Paris", "0.25", "2022-08-15"],
    *[[f"{number:05}", f"Firma {number}", "Bern", f"{number}.5", "2023-05-06"] for number in range(30, 60)],
]
FLAT = [row for row in ROWS if "\n" not in row[1]]
MARKS = {"comma": ",", "tab": "\t", "semicolon": ";", "pipe": "|"}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252")


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


def read(session: Session, path: Path, **options: object) -> SourceTable:
    return read_delimited(Place(path, path.name, Path(session.folder)), InputSection(**options), session)  # type: ignore[arg-type]


def cells(table: SourceTable) -> list[list[str | None]]:
    frame = table.rows.frame()
    return [list(frame.columns), *frame.to_numpy().tolist()]


def written(rows: list[list[str]], mark: str, *, ends: str = "\r\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=mark, lineterminator=ends, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return text.getvalue()


def save(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "customers.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("dialect", [*MARKS, "sep line", "whole lines", "all quoted"])
def test_a_table_is_the_same_in_every_dialect_and_encoding(
    session: Session, tmp_path: Path, dialect: str, encoding: str
) -> None:
    match dialect:
        case "sep line":
            text = "sep=;\r\n" + written([HEADER, *ROWS], ";")
        case "all quoted":
            text = written([HEADER, *ROWS], ",", quoting=csv.QUOTE_ALL)
        case "whole lines":
            lines = written([HEADER, *FLAT], ",", ends="\n").splitlines()
            text = "".join('"' + line.replace('"', '""') + '"\r\n' for line in lines)
        case _:
            text = written([HEADER, *ROWS], MARKS[dialect])
    table = read(session, save(tmp_path, text, encoding))
    rows = FLAT if dialect == "whole lines" else ROWS
    assert cells(table) == [HEADER, *[[cell or None for cell in row] for row in rows]]
    assert (table.rejects, table.findings) == ((), ())


@pytest.mark.parametrize("mark", [";", "\t"])
def test_decimal_commas_part_no_cells(session: Session, tmp_path: Path, mark: str) -> None:
    rows = [["id", "spend", "visits"], *[[str(n), f"{n},5", f"{n},25"] for n in range(10)]]
    assert cells(read(session, save(tmp_path, written(rows, mark)))) == rows


def test_decimal_commas_part_no_cells_where_there_is_no_header(session: Session, tmp_path: Path) -> None:
    table = read(session, save(tmp_path, "".join(f"{n},5;{n + 1},5\n" for n in range(20))))
    assert table.rows.columns == ("column 1", "column 2")
    assert table.source.dialect["header"] == "no header: the columns are numbered"


def test_one_column_of_decimal_commas_is_one_column(session: Session, tmp_path: Path) -> None:
    table = read(session, save(tmp_path, "amount\n" + "".join(f"{n},5\n" for n in range(20))))
    assert table.rows.columns == ("amount",)
    assert table.source.dialect["delimiter"] == "none"


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("id;note\n" + "".join(f'{n};"a, b, c, d"\n' for n in range(9)), "semicolon"),
        ("id\tcity\n" + "".join(f"{n}\tBoston, MA\n" for n in range(9)), "tab"),
        ("id,genres,year\n" + "".join(f"{n},Action|Drama,199{n}\n" for n in range(9)), "comma"),
        ("id,place\n" + "".join(f"{n},47.{n}|8.{n}\n" for n in range(9)), "comma"),
        ("id|list|n\n" + "".join(f"{n}|a;b;c|{n},5\n" for n in range(9)), "pipe"),
        ("Report; made by; Bob\nby A; B\n\nid,spend\n" + "".join(f"{n},{n}.5\n" for n in range(9)), "comma"),
        ("name\n" + "".join(f'"Smith, J{n}"\n' for n in range(9)), "none"),
        ("full name\n" + "".join(f"John S{'abcdefghi'[n]}\n" for n in range(9)), "none"),
        ("id    full name   amount\n" + "".join(f"{n}     John Smith  {n}.50\n" for n in range(9)), "blanks"),
        ("id amount\n" + "".join(f"{n}  {n},50\n" for n in range(9)), "blanks"),
        ("id amount\n" + "".join(f"{n}  {n}.50\n" for n in range(9)), "blanks"),
    ],
)
def test_the_delimiter_is_the_one_that_parts_all_lines_alike(
    session: Session, tmp_path: Path, text: str, mark: str
) -> None:
    table = read(session, save(tmp_path, text))
    assert (table.source.dialect["delimiter"], table.rows.count(), table.rejects) == (mark, 9, ())


def test_columns_parted_by_runs_of_blanks(session: Session, tmp_path: Path) -> None:
    text = " customer_id  date number\r\n" + "".join(f" 0000{n} 1997010{n}  {n}   1{n}.77\r\n" for n in range(1, 9))
    with pytest.raises(InputError, match="4 cells where the header has 3"):
        read(session, save(tmp_path, text))
    table = read(session, save(tmp_path, text.replace("number", "number  dollars")))
    assert cells(table)[1] == ["00001", "19970101", "1", "11.77"]


def test_blanks_after_the_delimiter_belong_to_no_cell_where_quotes_follow_them(
    session: Session, tmp_path: Path
) -> None:
    text = "id, name, n\n" + "".join(f'{n}, "Last{n}, First", {n}\n' for n in range(9))
    assert cells(read(session, save(tmp_path, text)))[:2] == [["id", "name", "n"], ["0", "Last0, First", "0"]]


def test_quotes_may_be_written_with_a_backslash(session: Session, tmp_path: Path) -> None:
    text = "id,said\n" + "".join(f'{n},"she said \\"no, {n}\\""\n' for n in range(9)) + '9,"C:\\\\temp"\n'
    table = read(session, save(tmp_path, text))
    assert cells(table)[1] == ["0", 'she said "no, 0"']
    few = save(tmp_path, 'id,said,n\n' + "1,no,2\n" * 99 + '1,"\\"",2\n')
    assert cells(read(session, few))[-1] == ["1", '"', "2"]
    assert table.rejects == ()


@pytest.mark.parametrize("mark", [":", "^", "~", "\x1f"])
def test_the_user_may_name_any_delimiter(session: Session, tmp_path: Path, mark: str) -> None:
    rows = [["id", "name"], ["1", "a,b"], ["2", "c,d"]]
    assert cells(read(session, save(tmp_path, written(rows, mark)), delimiter=mark)) == rows


@pytest.mark.parametrize("mark", ['"', "\n"])
def test_a_quote_or_a_line_end_is_no_delimiter(session: Session, tmp_path: Path, mark: str) -> None:
    with pytest.raises(InputError, match="cannot part cells"):
        read(session, save(tmp_path, "a,b\n1,2\n"), delimiter=mark)


def test_a_delimiter_that_parts_nothing_is_refused(session: Session, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="asked for, semicolon, parts no line"):
        read(session, save(tmp_path, "a,b\n1,2\n"), delimiter=";")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("é,b\n1,2\n".encode(), "utf-8"),
        ("é,b\n1,2\n".encode("utf-8-sig"), "utf-8 with BOM"),
        ("é,b\n1,2\n".encode("utf-16"), "utf-16"),
        ("é,b\n1,2\n".encode("utf-16-le"), "utf-16 (little-endian), without BOM"),
        ("é,b\n1,2\n".encode("utf-16-be"), "utf-16 (big-endian), without BOM"),
        ("é,b\n1,2\n".encode("utf-32"), "utf-32"),
        ("é,b\n1,2 €\n".encode("cp1252"), "cp1252"),
        ("é,b\n1,’\n".encode() + b"2,\xa0\n", "utf-8, with 1 byte that is not"),
        ("é,b\n1,’\n".encode() + b"2,\xa0\xa0\n", "utf-8, with 2 bytes that are not"),
    ],
)
def test_the_encoding_is_found_and_said(session: Session, tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    table = read(session, path)
    assert (table.source.dialect["encoding"], table.rows.columns) == (words, ("é", "b"))


def test_bytes_that_are_not_utf8_are_shown_as_such(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("id,name\n1,Müller\n2,Zoë\n".encode() + b"3,caf\xe9\n")
    assert cells(read(session, path))[3] == ["3", "caf\ufffd"]


def test_the_last_byte_of_a_file_decides_too(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"id,name\n" + b"1,Meier\n" * 300_000 + b"2,caf\xe9\n")
    table = read(session, path)
    assert (table.source.dialect["encoding"], cells(table)[-1]) == ("cp1252", ["2", "café"])


@pytest.mark.parametrize(
    ("encoding", "message"),
    [
        ("klingon", "unknown encoding 'klingon'"),
        ("rot13", "'rot13' is no encoding of text"),
        ("ascii", "customers.csv, line 3: the byte 0xC3 cannot be read as ascii"),
        ("utf-16", "cannot be read as utf-16"),
    ],
)
def test_an_encoding_that_cannot_be_is_refused(
    session: Session, tmp_path: Path, encoding: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read(session, save(tmp_path, "id,name\n1,Meier\n2,Müller\n"), encoding=encoding)


def test_the_encoding_that_the_user_names_wins(session: Session, tmp_path: Path) -> None:
    assert cells(read(session, save(tmp_path, "id,name\n1,ж\n", "cp1251"), encoding="cp1251"))[1] == ["1", "ж"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a,b\n1,2\n\x00\x01\x02,3\n", "holds binary data"),
        (b"a,b\n" + b"1,2\n" * 100_000 + b"\0,2\n", "holds binary data"),
        ("a,b\n1,x\n2,\x81y\n".encode(), "line 3: the control character U\\+0081"),
        (b"a,b\n1,caf\xe9\n2,\x81\n", "line 3: the byte 0x81 cannot be read as cp1252"),
    ],
)
def test_what_is_no_text_is_refused_with_the_way_out(
    session: Session, tmp_path: Path, data: bytes, message: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    with pytest.raises(InputError, match=message) as refused:
        read(session, path)
    assert "--encoding" in refused.value.hint


@pytest.mark.parametrize(
    ("codec", "cities"),
    [
        ("cp1252", ["Zürich £5", "Besançon", "Gruß an Ærø", "l’été à 25°c", "50 m³ für 3 €"]),
        ("cp1252", ["DatumÄnderung", "PreisÜbersicht", "NameÖffentlich"]),
        ("cp1250", ["Łódź", "Kraków", "Świdnica", "Łomża", "Gdańsk 5 zł"]),
        ("mac-roman", ["Zürich", "Besançon", "Müller", "Málaga", "Großen"]),
    ],
)
def test_older_encodings_are_told_apart_by_their_words(
    tmp_path: Path, session: Session, codec: str, cities: list[str]
) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("".join(f"{place};{city}\n" for place, city in enumerate(["city", *cities] * 3)).encode(codec))
    table = read_delimited(Place(path, path.name, tmp_path), InputSection(), session)
    assert table.source.dialect["encoding"] == codec
