"""The table of a workbook is found among its sheets, titles, notes and totals; what cannot be told apart is refused."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from segreport.config import InputSection
from segreport.domain import Reject, SourceTable
from segreport.engine import Session, name_of, open_session
from segreport.errors import ExitCode, InputError
from segreport.sources.place import Place
from segreport.sources.workbook import read_workbook

Cells = Sequence[Sequence[Any]]
HEADER = ["ID", "Name", "Income", "Joined"]
FIRST_DAY = dt.date(2020, 1, 1)


def customers(count: int, start: int = 1) -> list[list[Any]]:
    return [
        [number, f"Name {number}", 1000.5 * number, FIRST_DAY + dt.timedelta(number)]
        for number in range(start, start + count)
    ]


def put(sheet: Worksheet, cells: Cells, at: str = "A1") -> None:
    corner = sheet[at]
    for down, row in enumerate(cells):
        for right, value in enumerate(row):
            if value is not None:
                sheet.cell(corner.row + down, corner.column + right, value)


def workbook(path: Path, **sheets: Cells) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, cells in sheets.items():
        put(book.create_sheet(name), cells)
    book.save(path)
    return path


@pytest.fixture
def session() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


def read(path: Path, session: Session, **options: Any) -> SourceTable:
    place = Place(path, path.name, Path(session.folder))
    return read_workbook(place, InputSection.model_validate(options), session)


def rows_of(table: SourceTable, session: Session) -> list[tuple[Any, ...]]:
    return session.query(f"SELECT * FROM {name_of(table.rows.name)}")


def ids_of(table: SourceTable, session: Session) -> list[Any]:
    return [row[0] for row in rows_of(table, session)]


def refusal(path: Path, session: Session, **options: Any) -> InputError:
    with pytest.raises(InputError) as refused:
        read(path, session, **options)
    assert refused.value.exit_code == ExitCode.INPUT
    assert refused.value.message.startswith(path.name)
    assert refused.value.hint
    return refused.value


def codes(table: SourceTable) -> dict[str, tuple[float, str]]:
    return {finding.code: (finding.amount, finding.done) for finding in table.findings}


def test_the_customers_are_found_among_the_sheets_of_a_dashboard(shared: Path, session: Session) -> None:
    table = read(shared / "messy" / "cpa_xlsx_dashboard_3sheets.xlsx", session)
    assert (table.source.rows, table.source.columns) == (2240, 29)
    assert table.source.dialect == {"format": "Excel workbook", "sheet": "marketing_campaign (2)"}
    assert codes(table) == {"DQ016": (1, "not read: “New_data”; --sheet reads another")}
    assert table.rows.types["Income"] == "DOUBLE"
    assert table.rows.types["Dt_Customer"] == "DATE"
    assert table.rows.types["Education"] == "VARCHAR"
    text = (shared / "marketing_campaign.csv").read_text().splitlines()
    assert list(table.rows.columns) == text[0].split("\t")
    assert sorted(ids_of(table, session)) == sorted(float(line.split("\t")[0]) for line in text[1:])


@pytest.mark.parametrize("sheet", ["New_data", "new_DATA", "2"])
def test_another_sheet_is_read_where_it_is_asked_for(shared: Path, session: Session, sheet: str) -> None:
    table = read(shared / "messy" / "cpa_xlsx_dashboard_3sheets.xlsx", session, sheet=sheet)
    assert (table.source.rows, table.source.columns) == (2240, 33)
    assert table.rows.columns[-1] == "Response"
    assert table.source.dialect["sheet"] == "New_data"
    assert codes(table) == {"DQ016": (1, "not read: columns AI to AJ")}


def test_an_unknown_sheet_is_refused_with_those_there_are(tmp_path: Path, session: Session) -> None:
    path = workbook(tmp_path / "t.xlsx", Data=[HEADER, *customers(3)], Notes=[["x"]])
    refused = refusal(path, session, sheet="Customers")
    assert refused.message == "t.xlsx has no sheet 'Customers'"
    assert refused.hint == "its sheets are Data, Notes"
    assert "no sheet '3'" in refusal(path, session, sheet="3").message


def test_the_fullest_sheet_wins_wherever_it_stands(tmp_path: Path, session: Session) -> None:
    sheets = {
        "Cover": [["Customer report 2024"], [None], ["Prepared by", "Marketing"], ["Status", "final"]],
        "Pivot": [["Row Labels", "Count", "Sum"], *([f"Group {n}", n, n * 5.5] for n in range(12)), ["Total", 5, 7]],
        "Data": [HEADER, *customers(90)],
        "Lists": [["Yes"], ["No"]],
    }
    path = workbook(tmp_path / "t.xlsx", **sheets)
    table = read(path, session)
    assert table.source.dialect["sheet"] == "Data"
    assert ids_of(table, session) == list(range(1, 91))
    assert not table.findings


def test_equals_are_read_in_workbook_order_and_the_others_named(tmp_path: Path, session: Session) -> None:
    sheets = {f"Y{year}": [HEADER, *customers(rows)] for year, rows in ((2022, 85), (2023, 100), (2024, 30), (2025, 5))}
    table = read(workbook(tmp_path / "t.xlsx", **sheets), session)
    assert table.source.dialect["sheet"] == "Y2022"
    assert codes(table) == {"DQ016": (2, "not read: “Y2023”, “Y2024”; --sheet reads another")}


def test_a_hidden_sheet_is_read_only_where_it_is_asked_for(tmp_path: Path, session: Session) -> None:
    path = workbook(tmp_path / "t.xlsx", Old=[HEADER, *customers(90)], Data=[HEADER, *customers(9)])
    book = openpyxl.load_workbook(path)
    book["Old"].sheet_state = "veryHidden"
    book.active = book["Data"]
    book.save(path)
    assert read(path, session).source.dialect["sheet"] == "Data"
    assert read(path, session, sheet="Old").source.rows == 90


def test_a_table_may_stand_anywhere_below_titles(tmp_path: Path, session: Session) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    put(sheet, [["Customer base"], ["As of 2024-06-30"]], "B2")
    put(sheet, [HEADER, *customers(20)], "C6")
    book.save(tmp_path / "t.xlsx")
    table = read(tmp_path / "t.xlsx", session)
    assert table.rows.columns == tuple(HEADER)
    assert ids_of(table, session) == list(range(1, 21))
    assert "above the header left out" in table.source.dialect["header"]


def test_a_header_of_two_rows_with_merged_cells_is_joined(tmp_path: Path, session: Session) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    put(sheet, [["ID", "Purchases", None, "Income"], [None, "Web", "Store", None]])
    put(sheet, [[n, n % 5, n % 3, n * 10.5] for n in range(1, 21)], "A3")
    for merged in ("A1:A2", "B1:C1", "D1:D2"):
        sheet.merge_cells(merged)
    book.save(tmp_path / "t.xlsx")
    table = read(tmp_path / "t.xlsx", session)
    assert table.rows.columns == ("ID", "Purchases Web", "Purchases Store", "Income")
    assert len(rows_of(table, session)) == 20
    assert table.source.dialect["header"] == "header made of 2 rows"


def test_a_value_merged_over_rows_holds_for_each_of_them(tmp_path: Path, session: Session) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    put(sheet, [["Region", "ID", "Income"], *([f"R{n // 4}" if n % 4 == 0 else None, n, n * 1.5] for n in range(12))])
    for start in (2, 6, 10):
        sheet.merge_cells(f"A{start}:A{start + 3}")
    book.save(tmp_path / "t.xlsx")
    assert ids_of(read(tmp_path / "t.xlsx", session), session) == ["R0"] * 4 + ["R1"] * 4 + ["R2"] * 4


@pytest.mark.parametrize(
    "last",
    [
        ["Total", None, 210_000.5, None],
        ["Gesamtergebnis:", None, 5, None],
        [None, None, sum(1000.5 * number for number in range(1, 21)), None],
    ],
)
def test_totals_below_the_table_are_rejected_with_their_row(tmp_path: Path, session: Session, last: list[Any]) -> None:
    path = workbook(tmp_path / "t.xlsx", Data=[HEADER, *customers(20), last])
    table = read(path, session)
    assert table.source.rows == 21
    (reject,) = table.rejects
    assert (reject.line, reject.reason) == (22, "a row of totals")
    assert ids_of(table, session) == list(range(1, 21))
    assert table.rows.types["ID"] == "DOUBLE"


def test_a_customer_called_total_stays_a_customer(tmp_path: Path, session: Session) -> None:
    rows = customers(20)
    rows[5][1], rows[19][1] = "Total", "TotalEnergies"
    table = read(workbook(tmp_path / "t.xlsx", Data=[HEADER, *rows]), session)
    assert len(rows_of(table, session)) == 20
    assert not table.rejects


def test_notes_below_the_table_are_rejected_with_their_rows(tmp_path: Path, session: Session) -> None:
    notes: Cells = [["Total", None, 9.5, None], [None], ["Source: CRM, exported 2024-06-30"], ["Confidential"]]
    table = read(workbook(tmp_path / "t.xlsx", Data=[HEADER, *customers(20), *notes]), session)
    assert [(reject.line, reject.reason) for reject in table.rejects] == [
        (22, "a row of totals"),
        (24, "a note below the table"),
        (25, "a note below the table"),
    ]
    assert table.rejects[1] == Reject(24, "a note below the table", "Source: CRM, exported 2024-06-30, , , ")
    assert len(rows_of(table, session)) == 20


def test_a_last_customer_with_an_id_only_stays(tmp_path: Path, session: Session) -> None:
    rows = [[f"C-{number}", "x", number * 1.5] for number in range(20)]
    table = read(workbook(tmp_path / "t.xlsx", Data=[["ID", "Name", "Income"], *rows, ["C-20", None, None]]), session)
    assert len(rows_of(table, session)) == 21


def test_a_header_that_comes_again_on_every_page_is_rejected(tmp_path: Path, session: Session) -> None:
    rows = customers(60)
    cells = [HEADER, *rows[:20], HEADER, *rows[20:40], [None], HEADER, *rows[40:]]
    table = read(workbook(tmp_path / "t.xlsx", Data=cells), session)
    assert [reject.line for reject in table.rejects] == [22, 44]
    assert {reject.reason for reject in table.rejects} == {"the header again"}
    assert ids_of(table, session) == list(range(1, 61))


def test_blank_rows_in_a_table_are_no_rows(tmp_path: Path, session: Session) -> None:
    rows = customers(20)
    table = read(workbook(tmp_path / "t.xlsx", Data=[HEADER, *rows[:7], [None], [None], *rows[7:]]), session)
    assert table.source.rows == 20
    assert ids_of(table, session) == list(range(1, 21))


SUMMARY = [["Segment", "Customers"], *([f"S{number}", number * 10] for number in range(1, 6))]


def test_a_small_table_below_the_customers_is_named_and_not_read(tmp_path: Path, session: Session) -> None:
    for rows in (40, 1500):
        cells = [HEADER, *customers(rows), [None], [None], *SUMMARY]
        table = read(workbook(tmp_path / "t.xlsx", Data=cells), session)
        assert ids_of(table, session) == list(range(1, rows + 1))
        assert codes(table) == {"DQ016": (1, f"not read: rows {rows + 4:,} to {rows + 9:,}")}


def test_a_small_table_above_the_customers_is_named_and_not_read(tmp_path: Path, session: Session) -> None:
    table = read(workbook(tmp_path / "t.xlsx", Data=[*SUMMARY, [None], HEADER, *customers(40)]), session)
    assert table.rows.columns == tuple(HEADER)
    assert ids_of(table, session) == list(range(1, 41))
    assert codes(table) == {"DQ016": (1, "not read: rows 1 to 6")}


def test_two_tables_as_good_as_each_other_are_refused_or_read_where_it_is_said(
    tmp_path: Path, session: Session
) -> None:
    other = [["Order", "Day", "Paid"], *([n, FIRST_DAY, n * 2.5] for n in range(30))]
    path = workbook(tmp_path / "t.xlsx", Data=[HEADER, *customers(40), [None], *other])
    refused = refusal(path, session)
    assert refused.message == (
        "t.xlsx, sheet 'Data': rows 1 to 41 and rows 43 to 73 hold two tables, one below the other"
    )
    assert "--skip-rows 42" in refused.hint
    table = read(path, session, skip_rows=42)
    assert table.rows.columns == ("Order", "Day", "Paid")
    assert len(rows_of(table, session)) == 30
    assert not table.findings
    assert codes(read(path, session, skip_rows=0)) == {"DQ016": (1, "not read: rows 43 to 73")}


def test_what_a_report_says_of_itself_above_the_table_is_no_header(tmp_path: Path, session: Session) -> None:
    above = [["Report", "Customers"], ["Day", FIRST_DAY], ["Rows", 40]]
    for gap in ([], [[None]]):
        path = workbook(tmp_path / "t.xlsx", Data=[[None], *above, *gap, HEADER, *customers(40)])
        table = read(path, session)
        assert table.rows.columns == tuple(HEADER)
        assert ids_of(table, session) == list(range(1, 41))


def beside(path: Path, *tables: tuple[str, Cells]) -> Path:
    book = openpyxl.Workbook()
    for at, cells in tables:
        put(book.worksheets[0], cells, at)
    book.save(path)
    return path


def test_a_small_table_beside_the_customers_is_named_and_not_read(tmp_path: Path, session: Session) -> None:
    table = read(beside(tmp_path / "t.xlsx", ("A1", [HEADER, *customers(40)]), ("G3", SUMMARY)), session)
    assert table.rows.columns == tuple(HEADER)
    assert ids_of(table, session) == list(range(1, 41))
    assert codes(table) == {"DQ016": (1, "not read: columns G to H")}


def test_two_tables_beside_each_other_are_refused(tmp_path: Path, session: Session) -> None:
    again = beside(tmp_path / "t.xlsx", ("A1", [HEADER, *customers(40)]), ("F1", [HEADER, *customers(40, 41)]))
    assert refusal(again, session).message == (
        "t.xlsx, sheet 'Sheet': columns A to D and columns F to I hold two tables, side by side"
    )
    other = [["Order", "Day", "Paid", "Shop"], *([n, FIRST_DAY, n * 2.5, "x"] for n in range(30))]
    uneven = beside(tmp_path / "u.xlsx", ("A1", [HEADER, *customers(40)]), ("F1", other))
    assert "side by side" in refusal(uneven, session).message


def test_an_empty_column_within_a_table_parts_nothing(tmp_path: Path, session: Session) -> None:
    right = [["Visits", "Orders"], *([n % 7, n % 3] for n in range(40))]
    table = read(beside(tmp_path / "t.xlsx", ("A1", [HEADER, *customers(40)]), ("F1", right)), session)
    assert table.rows.columns == (*HEADER, "Visits", "Orders")
    sparse = [["Comment", "Flag"], *([["late", 1] if n % 9 == 0 else [None, None] for n in range(35)])]
    table = read(beside(tmp_path / "u.xlsx", ("A1", [HEADER, *customers(40)]), ("F1", sparse)), session)
    assert table.rows.columns == (*HEADER, "Comment", "Flag")


def test_a_note_beside_the_table_is_counted(tmp_path: Path, session: Session) -> None:
    table = read(beside(tmp_path / "t.xlsx", ("A1", [HEADER, *customers(40)]), ("G5", [["check this one"]])), session)
    assert table.rows.columns == tuple(HEADER)
    assert codes(table)["DQ015"][0] == 1


def test_columns_are_typed_only_where_all_their_cells_are(tmp_path: Path, session: Session) -> None:
    moment = dt.datetime(2020, 1, 2, 13, 45)
    cells = [
        ["whole", "real", "day", "moment", "either", "flag", "digits", "mixed", "share", "clock", "span", "none"],
        [1, 0.5, FIRST_DAY, moment, FIRST_DAY, True, "00123", 12345, 0.25, dt.time(9, 5), dt.timedelta(hours=30), None],
        [2, 7, FIRST_DAY, moment, moment, False, "456", "n/a", 0.5, dt.time(23, 59, 59), dt.timedelta(minutes=5), None],
        [3, None, None, None, None, None, " ", FIRST_DAY, None, None, None, None],
        [10**12, 1e-7, FIRST_DAY, moment, FIRST_DAY, True, "=1+1", 1.5, 1.0, dt.time(0), dt.timedelta(0), None],
    ]
    book = openpyxl.Workbook()
    put(book.worksheets[0], cells)
    book.worksheets[0]["G5"].data_type = "s"
    for row in range(2, 6):
        book.worksheets[0].cell(row, 9).number_format = "0%"
    book.save(tmp_path / "t.xlsx")
    table = read(tmp_path / "t.xlsx", session)
    number, text = "DOUBLE", "VARCHAR"
    assert list(table.rows.types.values()) == [
        *(number, number, "DATE", "TIMESTAMP", "TIMESTAMP", "BOOLEAN", text, text, number, text, text, text)
    ]
    rows = rows_of(table, session)
    midnight = dt.datetime(2020, 1, 1)
    assert rows[0] == (1, 0.5, FIRST_DAY, moment, midnight, True, "00123", "12345", 0.25, "09:05:00", "30:00:00", None)
    assert rows[2] == (3, None, None, None, None, None, None, "2020-01-01", None, None, None, None)
    assert [row[7] for row in rows] == ["12345", "n/a", "2020-01-01", "1.5"]
    assert rows[3][6] == "=1+1"


@pytest.mark.parametrize("format", ["xlsx", "xls", "ods"])
def test_dates_counted_from_1904_are_the_same_dates(tmp_path: Path, session: Session, format: str) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    put(book.worksheets[0], [HEADER, *customers(20)])
    book.save(tmp_path / "t.xlsx")
    assert b'date1904="1"' in zipfile.ZipFile(tmp_path / "t.xlsx").read("xl/workbook.xml")
    path = convert(tmp_path / "t.xlsx", format)
    assert [row[3] for row in rows_of(read(path, session), session)] == [row[3] for row in customers(20)]


def convert(path: Path, format: str) -> Path:
    """The workbook in another format, as LibreOffice saves it."""
    if path.suffix == f".{format}":
        return path
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice, which writes the old formats, is not installed")
    home = f"-env:UserInstallation=file://{path.parent}/office"
    command = [office, home, "--headless", "--convert-to", format, "--outdir", str(path.parent), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return path.with_suffix(f".{format}")


@pytest.mark.parametrize("format", ["xls", "ods"])
def test_the_same_table_is_read_from_every_format(tmp_path: Path, session: Session, format: str) -> None:
    path = workbook(tmp_path / "t.xlsx", Notes=[["Read me"]], Data=[["Customers"], [None], HEADER, *customers(20)])
    expected = read(path, session)
    table = read(convert(path, format), session)
    assert rows_of(table, session) == rows_of(expected, session)
    assert table.rows.types == expected.rows.types
    assert table.source.dialect["sheet"] == "Data"


def with_cells(path: Path, *changes: tuple[str, str]) -> Path:
    """The workbook with the XML of its first sheet changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    for old, new in changes:
        assert old in sheet
        sheet = sheet.replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts | {"xl/worksheets/sheet1.xml": sheet.encode()}).items():
            archive.writestr(name, content)
    return path


def test_cells_with_an_error_are_missing_and_counted(tmp_path: Path, session: Session) -> None:
    rows = customers(20)
    rows[3][2], rows[4][2], rows[5][1] = "#N/A", "#REF!", "#DIV/0!"
    table = read(workbook(tmp_path / "t.xlsx", Data=[["#N/A"], [None], HEADER, *rows]), session)
    assert codes(table)["DQ017"] == (3, "read as missing, in Income, Name")
    assert table.rows.types["Income"] == "DOUBLE"
    assert [row[2] for row in rows_of(table, session)][2:6] == [3001.5, None, None, 6003.0]


def test_formulas_give_their_saved_values(tmp_path: Path, session: Session) -> None:
    path = workbook(tmp_path / "t.xlsx", Data=[HEADER, *customers(20)])
    with_cells(path, ("<v>1000.5</v>", "<f>A2*1000.5</f><v>1000.5</v>"))
    assert rows_of(read(path, session), session)[0][2] == 1000.5


def test_formulas_without_a_saved_value_are_refused(tmp_path: Path, session: Session) -> None:
    rows = [[*row[:2], f"=A{number}*2", row[3]] for number, row in enumerate(customers(20), 2)]
    refused = refusal(workbook(tmp_path / "t.xlsx", Data=[HEADER, *rows]), session)
    assert refused.message == "t.xlsx, sheet 'Data': 20 formulas were saved without their values"
    assert "save it" in refused.hint
    everything = [["=1+1", "=2+2"]] * 5
    assert "formulas were saved without" in refusal(workbook(tmp_path / "u.xlsx", Data=everything), session).message


def test_a_formula_that_gives_no_text_is_only_an_empty_cell(tmp_path: Path, session: Session) -> None:
    path = workbook(tmp_path / "t.xlsx", Data=[HEADER, *customers(20)])
    with_cells(path, ("<v>1000.5</v>", '<v>1000.5</v></c><c r="E2" t="str"><f>""</f><v></v>'))
    assert len(rows_of(read(path, session), session)) == 20


def test_names_given_twice_are_numbered_and_counted(tmp_path: Path, session: Session) -> None:
    cells = [["ID", "Spend", "spend"], *([n, 1.5, 2] for n in range(9))]
    table = read(workbook(tmp_path / "t.xlsx", Data=cells), session)
    assert table.rows.columns == ("ID", "Spend", "spend (2)")
    assert "DQ014" in codes(table)


@pytest.mark.parametrize("sheets", [{"A": []}, {"A": [["x"]], "B": []}, {"A": [HEADER]}])
def test_a_workbook_without_a_table_is_refused(tmp_path: Path, session: Session, sheets: dict[str, Cells]) -> None:
    assert "has no sheet with a table" in refusal(workbook(tmp_path / "t.xlsx", **sheets), session).message


def test_a_sheet_without_a_table_is_refused_by_name(tmp_path: Path, session: Session) -> None:
    path = workbook(tmp_path / "t.xlsx", Data=[HEADER, *customers(9)], Empty=[], Head=[HEADER])
    assert refusal(path, session, sheet="Empty").message == "t.xlsx, sheet 'Empty': no row holds anything"
    assert "a header without rows" in refusal(path, session, sheet="Head").message


def test_a_workbook_whose_parts_are_damaged_is_refused(tmp_path: Path, session: Session) -> None:
    path = workbook(tmp_path / "t.xlsx", Data=[HEADER, *customers(9)])
    with_cells(path, ("</sheetData>", ""))
    assert "cannot be read as a workbook" in refusal(path, session).message


def test_a_workbook_that_needs_more_memory_than_it_may_have_is_refused(tmp_path: Path, session: Session) -> None:
    path = workbook(tmp_path / "t.xlsx", Data=[HEADER, *customers(9)])
    with_cells(path, ('<c r="A2"', '<c r="XFD1048576"'))
    refused = refusal(path, session)
    assert "GB of memory it may take" in refused.message
    assert "CSV" in refused.hint


def test_a_row_of_units_under_the_header_is_rejected_with_its_row(tmp_path: Path, session: Session) -> None:
    units = [None, None, "EUR", "yyyy-mm-dd"]
    table = read(workbook(tmp_path / "units.xlsx", Data=[HEADER, units, *customers(30)]), session)
    assert (table.rows.count(), table.source.rows) == (30, 31)
    assert [(reject.line, reject.text) for reject in table.rejects] == [(2, ", , EUR, yyyy-mm-dd")]
    assert table.rows.types["Income"] == "DOUBLE"
