"""The workbook: native, editable, sound for Excel, literal about its data, and the same every time."""

from __future__ import annotations

import datetime
import math
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from factory import make_report
from lxml import etree
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table as ListTable
from python_calamine import CalamineWorkbook
from xlsx_structure import CHART, DRAWN, MAIN, X14, XM, Parts, assert_sound, open_parts

from segreport.domain import Fact, Report
from segreport.errors import TemplateError
from segreport.formatting import Formats
from segreport.paths import templates_folder
from segreport.render.brand import load_brand
from segreport.render.job import Job
from segreport.render.names import known_names
from segreport.render.workbook import check, render
from segreport.render.workbook.formulas import result_of
from segreport.render.workbook.references import move_formula, offset_formula

OURS = templates_folder() / "workbook" / "workbook.xlsx"
NASTY = {
    1: '=HYPERLINK("x") & <b>',
    2: "{{7*7}} [a]:*?/\\ 'q' $x$",
    3: "العربية 日本語 😀 a long name, really a long one",
}

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
"""openpyxl, which the tests reopen workbooks with, says that it does not know Excel's data bars of 2010."""

CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1"
"""LibreOffice's filter for the first sheet in UTF-8."""

Build = Callable[[openpyxl.Workbook], None]


@pytest.fixture(scope="module")
def customers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Row-level data with everything that goes wrong in spreadsheets."""
    path = tmp_path_factory.mktemp("customers") / "customers.parquet"
    table = pa.table(
        {
            "ID": ["00123", "9" * 20, "=1+1"],
            "Income": [58138.0, math.nan, math.inf],
            "Orders": pa.array([3, None, 7], pa.int64()),
            "Joined": pa.array(
                [datetime.datetime(2012, 9, 4), None, datetime.datetime(1900, 3, 1)], pa.timestamp("us")
            ),
            "Born": pa.array([datetime.date(1957, 1, 2), None, datetime.date(2020, 2, 29)]),
            "Kind": ['=HYPERLINK("x")', "a\x00b <&> _x0041_", "x" * 40_000],
            "id": [1, 2, 3],
            "Segment": [1, 2, 3],
            "Distance": [0.25, 1.5, 3.0],
        }
    )
    pq.write_table(table, path)
    return path


def fill(tmp_path: Path, template: Path, report: Report | None = None, customers: Path | None = None) -> Path:
    out = tmp_path / "out.xlsx"
    render(Job(report or make_report(3), template, out, load_brand(), customers))
    return out


def own_template(tmp_path: Path, build: Build) -> Path:
    path = tmp_path / "own.xlsx"
    book = openpyxl.Workbook()
    build(book)
    book.save(path)
    return path


def filled(tmp_path: Path, build: Build, report: Report | None = None, customers: Path | None = None) -> Path:
    return fill(tmp_path, own_template(tmp_path, build), report, customers)


def write(cells: Mapping[str, Any]) -> Build:
    def build(book: openpyxl.Workbook) -> None:
        for place, value in cells.items():
            book.active[place] = value

    return build


# ---------------------------------------------------------------- our template


@pytest.mark.parametrize("k", [2, 3, 5, 6, 9, 12])
def test_our_template_gives_a_sound_workbook_for_any_number_of_segments(
    tmp_path: Path, customers: Path, k: int
) -> None:
    report = make_report(k)
    parts = assert_sound(fill(tmp_path, OURS, report, customers))
    titles = list(parts.sheets())
    assert titles[:2] == ["Summary", "Charts"]
    assert [f"{s.id} {s.short}"[:31] for s in report.segments] == titles[2 : k + 2]
    assert titles[k + 2 :] == ["Profile", "Exploration", "Customers", "Data quality", "Method", "Chart data"]


def test_the_exploration_holds_figures_relations_and_a_coloured_map(tmp_path: Path, customers: Path) -> None:
    sheet = openpyxl.load_workbook(fill(tmp_path, OURS, make_report(3), customers))["Exploration"]
    places = {str(cell.value): cell for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert sheet["B3"].value == "Customers with a higher income spend more on wine: rho 0.83"
    assert "Customers with a higher income spend more on meat: rho 0.83 (2,216 customers)." in places
    assert "Farthest outlier" in places
    head = next(row for row in sheet.iter_rows() if row[1].value is None and row[2].value == "Wine")
    first = sheet.cell(head[0].row + 1, 4)
    assert first.value == pytest.approx(0.63)
    assert first.fill.fgColor.rgb == "FF74B4CB"
    assert sheet.cell(head[0].row + 1, 3).value is None


def test_a_report_saved_without_an_exploration_has_no_sheet_for_it(tmp_path: Path, customers: Path) -> None:
    report = make_report(3)
    tables = tuple(t for t in report.tables if t.name not in ("distributions", "correlations", "relations", "missing"))
    charts = tuple(c for c in report.charts if c.name not in ("distributions", "correlations"))
    story = tuple(s for s in report.story if s.section not in ("exploration", "spreads", "together"))
    old = replace(report, exploration=None, tables=tables, charts=charts, story=story)
    parts = assert_sound(fill(tmp_path, OURS, old, customers))
    assert "Exploration" not in parts.sheets()


def test_the_quality_of_the_data_names_codes_lacks_and_how_it_was_read(tmp_path: Path, customers: Path) -> None:
    sheet = openpyxl.load_workbook(fill(tmp_path, OURS, make_report(3), customers))["Data quality"]
    said = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any("equal-rows" in text and "equal once the id is left out" in text for text in said)
    assert "Region or store" in said
    assert "Where to act: no local campaign." in said
    assert said[said.index("Delimiter") + 1] == ";"


def test_no_token_is_left_in_any_part(tmp_path: Path, customers: Path) -> None:
    parts = open_parts(fill(tmp_path, OURS, None, customers))
    left = [name for name, content in parts.files.items() if b"{{" in content or b"{%" in content]
    assert left == []


def test_without_segments_there_are_no_segment_sheets_and_the_cut_is_labelled(tmp_path: Path, customers: Path) -> None:
    out = fill(tmp_path, OURS, make_report(3, verdict="none"), customers)
    parts = assert_sound(out)
    kept = ["Summary", "Charts", "Profile", "Exploration", "Customers", "Data quality", "Method", "Chart data"]
    assert list(parts.sheets()) == kept
    book = openpyxl.load_workbook(out)
    assert str(book["Summary"]["B3"].value).startswith("We found no segments")
    assert "not segments" in str(book["Profile"]["B3"].value)
    assert "not segments" in str(book["Customers"]["A1"].value)
    assert book["Customers"]["A2"].value == "ID"


def test_without_customers_their_sheet_and_its_link_are_left_out(tmp_path: Path) -> None:
    out = fill(tmp_path, OURS)
    assert "Customers" not in assert_sound(out).sheets()
    words = [cell.value for row in openpyxl.load_workbook(out)["Summary"].iter_rows() for cell in row]
    assert "Customers" not in words[words.index("In this workbook") :]


def test_figures_are_numbers_with_formats(tmp_path: Path, customers: Path) -> None:
    sheet = openpyxl.load_workbook(fill(tmp_path, OURS, None, customers), data_only=True)["Summary"]
    assert sheet["B6"].value == 2212
    assert sheet["B6"].number_format == "#,##0"
    assert isinstance(sheet["C6"].value, (int, float))
    assert "£" in sheet["C6"].number_format
    sizes = [sheet.cell(row, 3).value for row in range(12, 15)]
    assert sizes == [s.size for s in make_report(3).segments]
    assert sheet["C15"].value == sum(sizes), "the total has a cached value"
    assert sheet["D12"].number_format == "0%"


def test_totals_are_formulas_over_the_repeated_rows(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(fill(tmp_path, OURS))["Summary"]
    assert sheet["C15"].value == "=SUM(C12:C14)"
    assert sheet["I15"].value == "=F15/C15"


def test_the_cleaning_ledger_adds_up_by_a_formula(tmp_path: Path) -> None:
    out = fill(tmp_path, OURS)
    formulas, values = openpyxl.load_workbook(out), openpyxl.load_workbook(out, data_only=True)
    row = next(c.row for c in formulas["Data quality"]["B"] if c.value == "Rows used")
    assert formulas["Data quality"].cell(row, 3).value == f"=SUM(C8:C{row - 1})"
    assert values["Data quality"].cell(row, 3).value == 2212


def test_a_segment_sheet_has_its_colour_on_the_tab_and_in_its_bars(tmp_path: Path) -> None:
    out = fill(tmp_path, OURS)
    parts = assert_sound(out)
    for number, (title, part) in enumerate(list(parts.sheets().items())[2:5], 1):
        color = "FF" + load_brand().paint(number).fill.lstrip("#").upper()
        root = parts.tree(part)
        assert root.find(f"{MAIN}sheetPr/{MAIN}tabColor").get("rgb") == color, title
        assert [c.get("rgb") for c in root.iterfind(f".//{MAIN}dataBar/{MAIN}color")] == [color]


def test_data_bars_of_one_rule_share_a_round_maximum(tmp_path: Path) -> None:
    parts = assert_sound(fill(tmp_path, OURS))
    root = parts.tree(parts.sheets()["Summary"])
    holders = list(root.iter(f"{X14}conditionalFormatting"))
    assert [h.findtext(f"{XM}sqref") for h in holders] == ["E12 H12", "E13 H13", "E14 H14"]
    ends = {tuple(f.text for f in h.iter(f"{XM}f")) for h in holders}
    assert len(ends) == 1
    largest = max(s.value_share or 0 for s in make_report(3).segments)
    assert float(next(iter(ends))[1]) >= largest


def test_charts_are_native_and_hold_the_report(tmp_path: Path) -> None:
    report = make_report(3)
    parts = assert_sound(fill(tmp_path, OURS, report))
    drawing = next(target for kind, target in parts.relations(parts.sheets()["Charts"]).values() if kind == "drawing")
    shapes = {e.get("name"): e for e in parts.tree(drawing).iter(f"{DRAWN}cNvPr")}
    assert list(shapes) == ["segment_sizes", "value_share", "stability", "map", "silhouette", "elbow"]
    alts = {chart.name: chart.alt for chart in report.charts}
    assert all(shape.get("descr") == alts[name] for name, shape in shapes.items())
    sizes = chart_part(parts, drawing, "segment_sizes")
    assert [p.text for p in sizes.iterfind(f".//{CHART}val//{CHART}v")] == [str(s.size) for s in report.segments]
    colors = [e.get("val") for e in sizes.iterfind(f".//{CHART}dPt//{{*}}srgbClr")]
    assert colors == [load_brand().paint(s.id).fill.lstrip("#") for s in report.segments]


def chart_part(parts: Parts, drawing: str, name: str) -> etree._Element:
    relations = parts.relations(drawing)
    for frame in parts.tree(drawing).iter(f"{DRAWN}graphicFrame"):
        if next(frame.iter(f"{DRAWN}cNvPr")).get("name") == name:
            id = next(frame.iter(f"{CHART}chart")).values()[0]
            return parts.tree(relations[id][1])
    raise AssertionError(f"no chart {name}")


def test_chart_references_hold_the_cached_values(tmp_path: Path) -> None:
    out = fill(tmp_path, OURS)
    book = openpyxl.load_workbook(out)
    parts = open_parts(out)
    seen = 0
    for name in [n for n in parts.files if n.startswith("xl/charts/chart")]:
        for reference in (e for e in parts.tree(name).iter(f"{CHART}numRef", f"{CHART}strRef")):
            sheet, _, area = reference.findtext(f"{CHART}f").rpartition("!")
            cells = book[sheet.strip("'")][area.replace("$", "")]
            flat = [cells] if not isinstance(cells, tuple) else [c for row in cells for c in row]
            cached = {int(p.get("idx")): p.findtext(f"{CHART}v") for p in reference.iter(f"{CHART}pt")}
            for at, cell in enumerate(flat):
                assert str(cell.value if cell.value is not None else "") == cached.get(at, "")
                seen += 1
    assert seen > 100


def test_customers_are_read_back_as_they_are(tmp_path: Path, customers: Path) -> None:
    report = make_report(3)
    roles = {**report.roles, "ID": replace(next(iter(report.roles.values())), role="id")}
    out = fill(tmp_path, OURS, replace(report, roles=roles), customers)
    rows = CalamineWorkbook.from_path(str(out)).get_sheet_by_name("Customers").to_python()
    assert rows[0] == ["ID", "Income", "Orders", "Joined", "Born", "Kind", "id 2", "Segment", "Distance"]
    assert rows[1][:3] == ["00123", 58138, 3]
    assert rows[1][3] == datetime.date(2012, 9, 4)
    assert rows[1][4] == datetime.date(1957, 1, 2)
    assert rows[2][:4] == ["9" * 20, "", "", ""]
    assert [row[5][:20] for row in rows[1:]] == ['=HYPERLINK("x")', "ab <&> _x0041_", "x" * 20] or rows[2][
        5
    ].startswith("ab")
    assert len(rows[3][5]) == 32_767
    sheet = openpyxl.load_workbook(out)["Customers"]
    assert sheet["D2"].is_date
    assert sheet["A2"].data_type == "s"
    assert sheet["A4"].value == "=1+1"
    assert sheet["A4"].data_type == "s"
    assert sheet.freeze_panes == "B2"


def test_too_many_customers_go_to_further_sheets(
    tmp_path: Path, customers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segreport.render.workbook.compose.MAX_ROWS", 5)
    out = fill(tmp_path, OURS, None, customers)
    titles = [t for t in assert_sound(out).sheets() if t.startswith("Customers")]
    assert titles == ["Customers", "Customers (2)"]
    book = openpyxl.load_workbook(out)
    assert [len(list(book[t].rows)) for t in titles] == [3, 2]


def test_the_same_report_gives_the_same_bytes_in_another_process(tmp_path: Path, customers: Path) -> None:
    first = fill(tmp_path, OURS, None, customers).read_bytes()
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; from factory import make_report;"
        "from segreport.render.brand import load_brand; from segreport.render.job import Job;"
        "from segreport.render.workbook import render;"
        "render(Job(make_report(3), Path(sys.argv[2]), Path(sys.argv[3]), load_brand(), Path(sys.argv[4])))"
    )
    other = tmp_path / "other.xlsx"
    tests = str(Path(__file__).parent.parent)
    subprocess.run([sys.executable, "-c", code, tests, str(OURS), str(other), str(customers)], check=True)
    assert other.read_bytes() == first


def test_no_formula_stems_from_data(tmp_path: Path, customers: Path) -> None:
    report = make_report(3, names=NASTY)
    out = fill(tmp_path, OURS, report, customers)
    parts = assert_sound(out)
    words = [c.value for c in openpyxl.load_workbook(out)["Chart data"]["B"]]
    plain = open_parts(fill(tmp_path, OURS, make_report(3), customers))
    assert formulas_of(parts) == formulas_of(plain)
    assert '=HYPERLINK("x") & <b>' in words
    assert any("{{7*7}}" in str(word) for word in words)


def formulas_of(parts: Parts) -> list[str]:
    return sorted(f.text for part in parts.sheets().values() for f in parts.tree(part).iter(f"{MAIN}f"))


def test_sheet_names_are_cleaned_cut_and_unique(tmp_path: Path) -> None:
    names = {1: "A/B [c]: d", 2: "A B c d", 3: "x" * 60}
    parts = assert_sound(fill(tmp_path, OURS, make_report(3, names=names)))
    titles = list(parts.sheets())[2:5]
    assert titles[0].startswith("1 A B c")
    assert titles[2] == ("3 " + "x" * 60)[:31]


def test_links_lead_to_the_sheets_under_their_final_names(tmp_path: Path, customers: Path) -> None:
    parts = assert_sound(fill(tmp_path, OURS, make_report(3, names=NASTY), customers))
    root = parts.tree(parts.sheets()["Summary"])
    locations = [link.get("location") for link in root.iter(f"{MAIN}hyperlink")]
    targets = [location.rpartition("!")[0].strip("'").replace("''", "'") for location in locations]
    assert targets == [t for t in parts.sheets() if t not in ("Summary", "Chart data")]


def test_the_workbook_opens_in_libreoffice(tmp_path: Path, customers: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    out = fill(tmp_path, OURS, None, customers)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", CSV,
         "--outdir", str(tmp_path / "csv"), str(out)],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    text = "".join(p.read_text(encoding="utf-8") for p in (tmp_path / "csv").iterdir())
    assert "Segments at a glance" in text


def test_our_template_passes_its_check() -> None:
    assert check(OURS, known_names(m.column for m in make_report(3).profile.measures)) == ()


# ---------------------------------------------------------------- a user's changes


def test_a_change_in_a_copy_of_our_template_shows(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(OURS, rich_text=True)
    quality = book["Data quality"]
    cell = next(c for c in quality["B"] if c.value == "Cleaning")
    cell.value, cell.font = "What we threw away", Font(color="FF00AA00", name="Calibri")
    quality.column_dimensions["B"].width = 61
    book.save(tmp_path / "copy.xlsx")
    out = openpyxl.load_workbook(fill(tmp_path, tmp_path / "copy.xlsx"))["Data quality"]
    changed = next(c for c in out["B"] if c.value == "What we threw away")
    assert changed.font.color.rgb == "FF00AA00"
    assert out.column_dimensions["B"].width == 61


def test_parts_that_nothing_fills_stay_byte_for_byte(tmp_path: Path) -> None:
    def build(book: openpyxl.Workbook) -> None:
        book.active["A1"] = "{{ report.title }}"
        book.create_sheet("Notes")["A1"] = "ours"

    template = own_template(tmp_path, build)
    before, after = open_parts(template), open_parts(fill(tmp_path, template))
    kept = ["xl/worksheets/sheet2.xml", "xl/theme/theme1.xml", "xl/styles.xml"]
    assert [before.files[name] == after.files[name] for name in kept] == [True, True, True]


def test_a_lone_figure_becomes_a_number_and_keeps_a_format_it_has(tmp_path: Path) -> None:
    def build(book: openpyxl.Workbook) -> None:
        book.active["A1"] = "{{ segments[0].share }}"
        book.active["A2"] = "{{ segments[0].share }}"
        book.active["A2"].number_format = "0.000"
        book.active["A3"] = "{{ segments[0].share }} of all"
        book.active["A4"] = "{{ verdict.dots }}"

    sheet = openpyxl.load_workbook(filled(tmp_path, build)).active
    report = make_report(3)
    assert sheet["A1"].value == pytest.approx(report.segments[0].share)
    assert sheet["A1"].number_format == "0%"
    assert sheet["A2"].number_format == "0.000"
    assert sheet["A3"].value == f"{report.facts['segment.1.share']} of all"
    assert sheet["A4"].value == 2


@pytest.mark.parametrize(
    ("locale", "value", "unit", "code"),
    [
        ("en_GB", 1_356_988.0, "money_total", '"£"0.00,,"M"'),
        ("en_GB", 385_114.0, "money_total", '"£"#,##0'),
        ("de_DE", 12_345_678.0, "money_total", '0.0,,"\xa0Mio.\xa0€"'),
        ("en_GB", 0.382, "share", "0%"),
        ("en_GB", 0.002, "share", "0.0%"),
        ("fr_FR", 0.38, "share", "0\\ %"),
    ],
)
def test_a_figure_shows_in_excel_as_it_does_in_print(locale: str, value: float, unit: Any, code: str) -> None:
    formats = Formats(locale, "GBP" if locale == "en_GB" else "EUR")
    assert formats.excel_as(formats.write(value, unit), value, unit) == code


def test_missing_and_infinite_figures_are_empty(tmp_path: Path) -> None:
    report = make_report(3)
    facts = {**report.facts, "segment.1.size": Fact("segment.1.size", math.nan, "count", "–")}
    sheet = openpyxl.load_workbook(
        filled(tmp_path, write({"A1": "{{ segments[0].size }}", "A2": "{{ none }}"}), replace(report, facts=facts))
    ).active
    assert sheet["A1"].value is None
    assert sheet["A2"].value is None


def test_row_loops_move_everything_beneath_them(tmp_path: Path) -> None:
    def build(book: openpyxl.Workbook) -> None:
        sheet = book.active
        sheet.title = "Data"
        sheet["A2"], sheet["B2"], sheet["C2"] = (
            "{% for segment in segments %}{{ segment.name }}",
            "{{ segment.size }}",
            "=B2*2",
        )
        sheet["D2"] = "{% endfor %}"
        sheet.row_dimensions[2].height = 33
        sheet.merge_cells("E2:F2")
        sheet["A4"], sheet["B4"], sheet["C4"] = "Total", "=SUM(B2:B2)", "=SUM(B2)"
        sheet["B5"] = "=B4/2+'Other sheet'!A1"
        sheet.merge_cells("A6:B6")
        sheet.conditional_formatting.add(
            "B2:B4", CellIsRule(operator="greaterThan", formula=["$B$4"], fill=PatternFill())
        )
        validation = DataValidation(type="list", formula1="$A$2:$A$2")
        validation.add("B6")
        sheet.add_data_validation(validation)
        book.defined_names["total"] = DefinedName("total", attr_text="Data!$B$4")
        sheet.print_area = "A1:D4"
        sheet.print_title_rows = "1:1"
        sheet["A7"] = "x"
        sheet["A8"], sheet["B8"] = "Head", "Number"
        sheet["A9"], sheet["B9"] = "a", 1
        sheet.add_table(ListTable(displayName="Below", ref="A8:B9"))
        sheet["A7"].hyperlink = "#Data!B4"
        other = book.create_sheet("Other sheet")
        other["A1"] = "=SUM(Data!B2:B2)+Data!B4"

    out = filled(tmp_path, build)
    parts = assert_sound(out)
    book = openpyxl.load_workbook(out)
    sheet = book["Data"]
    assert [sheet[f"C{row}"].value for row in (2, 3, 4)] == ["=B2*2", "=B3*2", "=B4*2"]
    assert [sheet[f"B{row}"].value for row in (6, 7)] == ["=SUM(B2:B4)", "=B6/2+'Other sheet'!A1"]
    assert sheet["C6"].value == "=SUM(B2:B4)"
    assert book["Other sheet"]["A1"].value == "=SUM(Data!B2:B4)+Data!B6"
    assert {str(m) for m in sheet.merged_cells.ranges} == {"E2:F2", "E3:F3", "E4:F4", "A8:B8"}
    assert [sheet.row_dimensions[row].height for row in (2, 3, 4)] == [33, 33, 33]
    rules = sheet.conditional_formatting
    assert [(str(r.sqref), r.rules[0].formula) for r in rules] == [("B2:B6", ["$B$6"])]
    assert [(str(v.sqref), v.formula1) for v in sheet.data_validations.dataValidation] == [("B8", "$A$2:$A$4")]
    assert book.defined_names["total"].attr_text == "Data!$B$6"
    assert sheet.print_area == "'Data'!$A$1:$D$6"
    assert sheet.tables["Below"].ref == "A10:B11"
    assert parts.tree("xl/worksheets/sheet1.xml").find(f".//{MAIN}hyperlink").get("ref") == "A9"
    values = openpyxl.load_workbook(out, data_only=True)
    assert values["Data"]["B6"].value == 2212
    assert values["Other sheet"]["A1"].value == 2 * 2212
    assert values["Data"]["B7"].value == 2212 / 2 + 2 * 2212


def test_a_loop_over_nothing_leaves_no_row_and_no_broken_formula(tmp_path: Path) -> None:
    cells = {
        "A1": "{% for x in warnings %}{{ x.text }}",
        "B1": 1,
        "C1": "{% endfor %}",
        "A2": "=SUM(B1:B1)",
        "A3": "end",
    }
    out = filled(tmp_path, write(cells), make_report(3, warnings=()))
    sheet = openpyxl.load_workbook(out).active
    assert sheet["A1"].value == "=SUM(0)"
    assert sheet["A2"].value == "end"


def test_nested_loops_and_conditions_keep_their_rows_together(tmp_path: Path) -> None:
    cells = {
        "A1": "{% for group in measures %}{{ group.title }}",
        "A2": "{% for row in group.rows %}{{ row.label }}",
        "B2": "{{ row.all.fact }}{% endfor %}",
        "A3": '{% if group.title == "Value" %}only once{% endif %}',
        "A4": "=SUM(B2:B2)",
        "B4": "{% endfor %}",
        "A5": '{% if verdict.key == "none" %}no',
        "B5": "{% endif %}",
        "A6": "{% if report.has_value %}yes",
        "A7": "{% else %}never",
        "B7": "{% endif %}",
    }
    out = filled(tmp_path, write(cells))
    report = make_report(3)
    column = [c.value for c in openpyxl.load_workbook(out).active["A"]]
    first = [m.label for m in report.profile.measures if m.group == "Value"]
    assert column[: len(first) + 3] == ["Value", *first, "only once", f"=SUM(B2:B{len(first) + 1})"]
    assert column[-1] == "yes"
    assert "no" not in column
    assert "never" not in column


def test_cells_repeat_to_the_right_with_their_merges(tmp_path: Path) -> None:
    def build(book: openpyxl.Workbook) -> None:
        sheet = book.active
        sheet["A1"], sheet["B1"] = (
            "Names",
            "{% across segment in segments %}{{ fill(segment.color) }}{{ segment.id }}{% endacross %}",
        )
        sheet.merge_cells("B1:C1")
        sheet["D1"] = "All"

    out = filled(tmp_path, build)
    assert_sound(out)
    sheet = openpyxl.load_workbook(out).active
    assert [sheet[f"{column}1"].value for column in "ABDFH"] == ["Names", 1, 2, 3, "All"]
    assert {str(m) for m in sheet.merged_cells.ranges} == {"B1:C1", "D1:E1", "F1:G1"}
    assert sheet["D1"].fill.fgColor.rgb == "FF" + load_brand().paint(2).fill.lstrip("#")


def test_paint_changes_the_cell_and_the_text_behind_it(tmp_path: Path) -> None:
    cells = {
        "A1": '{{ fill("#102030") }}{{ ink("#FFFFFF") }}{{ bold(True) }}{{ segments[0].size }}',
        "A2": '{{ ink("#AA0000") }}red{{ ink("#00AA00") }} green {{ segments[0].id }}',
    }
    book = openpyxl.load_workbook(filled(tmp_path, write(cells)), rich_text=True)
    first = book.active["A1"]
    assert (first.fill.fgColor.rgb, first.font.color.rgb, first.font.b) == ("FF102030", "FFFFFFFF", True)
    assert [(str(r), r.font.color.rgb) for r in book.active["A2"].value] == [
        ("red", "FFAA0000"),
        (" green 1", "FF00AA00"),
    ]


def test_runs_of_a_rich_text_keep_their_fonts(tmp_path: Path) -> None:
    path = tmp_path / "rich.xlsx"
    book = xlsxwriter.Workbook(path)
    bold, red = book.add_format({"bold": True}), book.add_format({"font_color": "#FF0000"})
    book.add_worksheet().write_rich_string("A1", bold, "{{ report", red, ".title }} and", " more")
    book.close()
    value = openpyxl.load_workbook(fill(tmp_path, path), rich_text=True).active["A1"].value
    assert str(value) == "Campaign customers and more"
    assert value[0].font.b
    assert value[1].font.color.rgb == "FFFF0000"


def test_headers_are_filled_and_an_ampersand_is_no_code(tmp_path: Path) -> None:
    def build(book: openpyxl.Workbook) -> None:
        book.active["A1"] = "x"
        book.active.oddFooter.left.text = "&8{{ segments[0].name }} of {{ report.title }}"

    parts = assert_sound(filled(tmp_path, build, make_report(3, names={1: "9 & more"})))
    footer = parts.tree("xl/worksheets/sheet1.xml").findtext(f"{MAIN}headerFooter/{MAIN}oddFooter")
    assert footer == "&L&8 9 && more of Campaign customers"


def test_a_whole_table_grows_from_its_corner(tmp_path: Path) -> None:
    def build(book: openpyxl.Workbook) -> None:
        sheet = book.active
        sheet["B2"] = "{{ table.scores }}"
        sheet["B2"].font = Font(bold=True)
        sheet["B3"].alignment, sheet["C3"].alignment = Alignment(horizontal="left"), Alignment(horizontal="right")
        sheet["B5"], sheet["A3"] = "beneath", "beside"
        sheet["C2"] = "Column2"
        sheet.add_table(ListTable(displayName="Scores", ref="B2:C3"))

    out = filled(tmp_path, build)
    assert_sound(out)
    sheet = openpyxl.load_workbook(out).active
    table = next(t for t in make_report(3).tables if t.name == "scores")
    assert [c.value for c in sheet[2][1:]] == list(table.columns)
    last = 2 + len(table.rows)
    assert sheet.tables["Scores"].ref == f"B2:{get_column_letter(1 + len(table.columns))}{last}"
    assert [c.value for c in sheet["A"] if c.value] == ["beside"]
    assert sheet[f"B{last + 2}"].value == "beneath"
    assert sheet["D4"].number_format == "#,##0.00"
    assert sheet["D4"].alignment.horizontal == "right"


def test_charts_without_a_data_sheet_in_the_template_get_one(tmp_path: Path) -> None:
    path = tmp_path / "chart.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Page")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"categories": "=Page!$A$1:$A$2", "values": "=Page!$B$1:$B$2", "fill": {"color": "#123456"}})
    chart.set_title({"name": "{{ chart.segment_sizes }}"})
    sheet.insert_chart("C3", chart)
    book.close()
    out = fill(tmp_path, path)
    parts = assert_sound(out)
    assert list(parts.sheets()) == ["Page", "Chart data"]
    texts = [t.text for t in parts.tree("xl/charts/chart1.xml").iter("{*}t")]
    assert texts == ["Customers by segment"]


def test_a_chart_of_the_users_own_follows_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "own-chart.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Page")
    sheet.write_row("A1", ["{% for s in segments %}{{ s.short }}", "{{ s.size }}{% endfor %}"])
    chart = book.add_chart({"type": "column"})
    chart.add_series({"categories": "=Page!$A$1:$A$1", "values": "=Page!$B$1:$B$1"})
    sheet.insert_chart("C3", chart)
    book.close()
    parts = assert_sound(fill(tmp_path, path))
    formulas = [f.text for f in parts.tree("xl/charts/chart1.xml").iter(f"{CHART}f")]
    assert formulas == ["Page!$A$1:$A$3", "Page!$B$1:$B$3"]
    anchor = parts.tree("xl/drawings/drawing1.xml")
    assert anchor.findtext(f".//{DRAWN}from/{DRAWN}row") == "4"


def test_a_chart_keeps_its_height_where_rows_become_higher(tmp_path: Path) -> None:
    path = tmp_path / "heights.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Page")
    sheet.set_row(1, 60)
    sheet.write_row("A2", ["{% for s in segments %}{{ s.short }}", "{{ s.size }}{% endfor %}"])
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Page!$B$2:$B$2"})
    sheet.insert_chart("C1", chart, {"object_position": 2})
    book.close()
    end = open_parts(fill(tmp_path, path)).tree("xl/drawings/drawing1.xml").find(f"{DRAWN}twoCellAnchor/{DRAWN}to")
    row, offset = int(end.findtext(f"{DRAWN}row")), int(end.findtext(f"{DRAWN}rowOff"))
    points = 15 + 60 * 3 + 15 * (row - 4) + offset / 12_700
    assert points == pytest.approx(288 * 0.75, abs=1)


def test_a_drawing_inside_a_loop_is_repeated_and_goes_with_a_condition(tmp_path: Path) -> None:
    path = tmp_path / "loop.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Page")
    sheet.write_row("A1", ["{% for s in segments %}{{ s.short }}", "{% endfor %}"])
    sheet.write_row("A3", ['{% if verdict.key == "none" %}no', "{% endif %}"])
    for cell, name in (("C1", "{{ s.chart.distinct }}"), ("C3", "{{ chart.noise }}"), ("C5", "{{ chart.elbow }}")):
        chart = book.add_chart({"type": "bar", "name": name})
        chart.add_series({"values": "=Page!$B$2:$B$2"})
        sheet.insert_chart(cell, chart)
    book.close()
    parts = assert_sound(fill(tmp_path, path))
    names = [e.get("name") for e in parts.tree("xl/drawings/drawing1.xml").iter(f"{DRAWN}cNvPr")]
    assert names == ["segment.1.distinct", "segment.2.distinct", "segment.3.distinct", "elbow"]


def test_sheets_are_kept_coloured_and_repeated_by_their_tags(tmp_path: Path) -> None:
    def build(book: openpyxl.Workbook) -> None:
        book.active.title = "{{ segment.sheet }}"
        book.active["A1"] = "{% keep if segment.id != 2 %}{{ segment.name }}"
        other = book.create_sheet("Other")
        other["A1"] = '{% tab "#123456" %}{{ report.title }}'
        book.create_sheet("Dropped")["A1"] = "{% keep if report.segments > 99 %}"
        other["A2"] = "=SUM(Dropped!A1:A9)+1"

    out = filled(tmp_path, build)
    parts = assert_sound(out)
    assert list(parts.sheets()) == ["1 Budget families", "3 Premium buyers", "Other"]
    book = openpyxl.load_workbook(out)
    assert book["Other"].sheet_properties.tabColor.rgb == "FF123456"
    assert book["Other"]["A2"].value == "=SUM(0)+1"


def test_comments_follow_their_rows(tmp_path: Path) -> None:
    def build(book: openpyxl.Workbook) -> None:
        book.active["A1"], book.active["B1"] = "{% for s in segments %}{{ s.short }}", "{% endfor %}"
        book.active["A2"] = "here"
        book.active["A2"].comment = Comment("why", "us")

    sheet = openpyxl.load_workbook(filled(tmp_path, build)).active
    assert sheet["A4"].value == "here"
    assert sheet["A4"].comment.text == "why"


def test_a_row_grows_for_a_long_text_and_only_then(tmp_path: Path) -> None:
    def build(book: openpyxl.Workbook) -> None:
        sheet = book.active
        for row, text in enumerate(("{{ story.headline }}", "{{ story.headline }}", "{{ report.title }}"), 1):
            sheet[f"A{row}"] = text
            sheet[f"A{row}"].alignment = Alignment(wrap_text=row != 2)
            sheet.row_dimensions[row].height = 20

    heights = openpyxl.load_workbook(filled(tmp_path, build)).active.row_dimensions
    assert heights[1].height > 60
    assert heights[2].height == 20


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("cells", "message", "hint"),
    [
        ({"C7": "{{ stroy.headline }}"}, "sheet 'Sheet', cell C7: there is no 'stroy'", "did you mean story?"),
        ({"B2": "{% for s in segments %}{{ s.name }}"}, "cell B2: {% for %} has no {% endfor %}", "close it"),
        ({"B2": "x{% endfor %}"}, "cell B2: {% endfor %} has no {% for %}", "add it"),
        ({"B2": "{{ report.titel }}"}, "there is no 'report.titel'", "did you mean report.title?"),
        ({"B2": "{{ segment.name }}"}, "there is no 'segment'", "did you mean segments?"),
        ({"B2": "{{ report.title | cuont }}"}, "there is no 'cuont'", "did you mean count?"),
        ({"B2": "{{ report.title"}, "", ""),
        ({"B2": "{{ 1 + }}"}, "cell B2", "mend"),
    ],
)
def test_the_check_names_the_place_and_the_nearest_name(
    tmp_path: Path, cells: dict[str, str], message: str, hint: str
) -> None:
    template = own_template(tmp_path, write(cells))
    names = known_names(["Income"])
    if not message:
        assert check(template, names) == ("own.xlsx: the template holds no tokens; it is used as it is",)
        return
    with pytest.raises(TemplateError) as error:
        check(template, names)
    assert message in error.value.message
    assert hint in error.value.hint


def test_names_that_loops_bind_are_known_inside_them_only(tmp_path: Path) -> None:
    inside = {"A1": "{% for s in segments %}{{ s.name }}", "B1": "{{ loop.index }}{% endfor %}"}
    check(own_template(tmp_path, write(inside)), known_names([]))
    with pytest.raises(TemplateError, match="there is no 's'"):
        check(own_template(tmp_path, write({**inside, "A2": "{{ s.name }}"})), known_names([]))


def test_files_that_cannot_be_filled_safely_are_refused(tmp_path: Path) -> None:
    ole = tmp_path / "locked.xlsx"
    ole.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    text = tmp_path / "text.xlsx"
    text.write_text("not a workbook")
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(OURS.read_bytes()[:5000])
    linked = changed_copy(tmp_path / "linked.xlsx", {"xl/externalLinks/externalLink1.xml": b"<x/>"})
    macro = changed_copy(tmp_path / "macro.xlsx", {"xl/vbaProject.bin": b"x"})
    bomb = changed_copy(tmp_path / "bomb.xlsx", {"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'})
    expected = {
        ole: "password", text: "not an Excel workbook", cut: "damaged", linked: "other workbooks", macro: "macros",
        bomb: "entities", tmp_path / "old.xlsm": "", tmp_path / "gone.xlsx": "No such file",
    }  # fmt: skip
    for path, message in expected.items():
        with pytest.raises(TemplateError) as error:
            check(path, known_names([]))
        assert message in error.value.message
        assert error.value.hint or path.suffix == ".xlsm"


def changed_copy(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(OURS) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return path


# ---------------------------------------------------------------- formulas


@pytest.mark.parametrize(
    ("formula", "moved"),
    [
        ("SUM(B2:B2)", "SUM(B12:B12)"),
        ('IF(A2="B2:B2",$C$3,LOG10(2))', 'IF(A12="B2:B2",$C$13,LOG10(2))'),
        ("Other!A2+'My sheet'!$A3", "Other!A2+'My sheet'!$A3"),
        ("SUM(B:B)+SUM(2:3)", "SUM(B:B)+SUM(12:13)"),
        ("Table1[Size]+A1.5", "Table1[Size]+A1.5"),
        ("_xlfn.CONCAT(A2,x2)", "_xlfn.CONCAT(A12,x2)"),
    ],
)
def test_references_move_and_nothing_else_does(formula: str, moved: str) -> None:
    def resolve(sheet: str | None, top: int, bottom: int) -> list[tuple[int, int]] | None:
        return None if sheet else [(top + 10, bottom + 10)]

    assert move_formula(formula, resolve) == moved


def test_shared_formulas_are_written_out() -> None:
    assert offset_formula("A1*$B$1+C$1+$D1", 2, 1) == "B3*$B$1+D$1+$D3"


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("SUM(A1:A3)", 6.0), ("A1/A2", 0.5), ("-A1+2*3", 5.0), ("AVERAGE(A1:A3)", 2.0), ("SUM(A1,A3)", 4.0),
        ("IF(A1,1,2)", None), ("A1/0", None), ("VLOOKUP(1,A1:A3,1)", None), ("__import__('os')", None), ("A9", None),
    ],
)  # fmt: skip
def test_simple_formulas_have_results_and_others_none(formula: str, result: float | None) -> None:
    values = {(1, 1): 1.0, (1, 2): 2.0, (1, 3): 3.0}
    assert result_of(formula, values, {}) == result
