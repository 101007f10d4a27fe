"""Delimited text is read whole and in its places, by either way of reading, or refused by name."""

from __future__ import annotations

import contextlib
import csv
import io
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segreport.config import InputSection
from segreport.domain import SourceTable
from segreport.engine import Relation, Session, name_of, open_session
from segreport.errors import InputError
from segreport.sources import delimited
from segreport.sources.delimited import load, read_delimited, settle
from segreport.sources.delimited.scan import Scan
from segreport.sources.place import Place

Way = Callable[..., SourceTable]


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


def read(session: Session, path: Path, **options: object) -> SourceTable:
    """The table by the way that its size asks for, with its rows made whole."""
    place = Place(path, path.name, Path(session.folder))
    return load(read_delimited(place, InputSection(**options), session), session)  # type: ignore[arg-type]


def read_by_scan(session: Session, path: Path, **options: object) -> SourceTable:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "SCANNED_FROM", 0)
        return read(session, path, **options)


def cells(table: SourceTable) -> list[list[str | None]]:
    frame = table.rows.frame()
    return [list(frame.columns), *frame.to_numpy().tolist()]


def save(folder: Path, text: str | bytes) -> Path:
    path = folder / "t.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def rejected(table: SourceTable) -> list[tuple[int, str]]:
    return [(reject.line, reject.reason) for reject in table.rejects]


FILES = [  # file, rows, columns, delimiter, encoding, header notes
    ("marketing_campaign.csv", 2240, 29, "tab", "utf-8", None),
    ("Mall_Customers.csv", 200, 5, "comma", "utf-8", None),
    ("customer_segmentation_1000.csv", 1000, 9, "comma", "utf-8", None),
    ("CDNOW_master.txt", 69_659, 4, "blanks", "utf-8", None),
    ("messy/cpa_all_quoted_mdy_dates.csv", 2240, 29, "comma", "utf-8", None),
    ("messy/cpa_semicolon_bom_crlf.csv", 2240, 29, "semicolon", "utf-8 with BOM", None),
    ("messy/cpa_tab_leading_blank_line.csv", 2240, 29, "tab", "utf-8", None),
    ("messy/decimal_comma_base_cliente.csv", 10_615, 12, "semicolon", "utf-8 with BOM", None),
    (
        "messy/wholesale_trailing_commas.csv",
        440,
        8,
        "comma",
        "utf-8, with 8 bytes that are not",
        "4 columns without a name left out: 8 notes beside the table",
    ),
]


@pytest.mark.parametrize(("name", "rows", "columns", "delimiter", "encoding", "header"), FILES)
def test_every_real_file_is_read_whole(
    session: Session, shared: Path, name: str, rows: int, columns: int, delimiter: str, encoding: str, header: str
) -> None:
    table = read(session, shared / name)
    assert (table.rows.count(), table.source.rows, len(table.rows.columns)) == (rows, rows, columns)
    assert table.source.columns == columns
    assert table.rejects == ()
    words = {"format": "delimited text", "delimiter": delimiter, "encoding": encoding}
    assert table.source.dialect == words | ({"header": header} if header else {})
    assert {finding.code: finding.amount for finding in table.findings} == ({"DQ015": 8} if header else {})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("quick_cluster_57.json", "holds JSON, not a table"),
        ("online_retail.parquet", "holds binary data, not text"),
        ("messy/cpa_xlsx_dashboard_3sheets.xlsx", "holds binary data, not text"),
        ("messy/pickle_named.sav.head256", "holds binary data, not text"),
    ],
)
def test_a_real_file_of_another_kind_is_refused(session: Session, shared: Path, name: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        read(session, shared / name)
    assert "CSV" in refused.value.hint


def test_all_variants_of_the_campaign_hold_the_same_customers(session: Session, shared: Path) -> None:
    campaign = cells(read(session, shared / "marketing_campaign.csv"))
    income, date = campaign[0].index("Income"), campaign[0].index("Dt_Customer")
    for name in ("cpa_all_quoted_mdy_dates", "cpa_semicolon_bom_crlf", "cpa_tab_leading_blank_line"):
        variant = cells(read(session, shared / "messy" / f"{name}.csv"))
        assert [row[:date] + row[date + 1 :] for row in variant] == [row[:date] + row[date + 1 :] for row in campaign]
        assert sum(row[income] is None for row in variant) == 24


@pytest.mark.parametrize(("name", "scanned"), [(file[0], file[3] != "blanks" and not file[5]) for file in FILES])
def test_both_ways_read_every_real_file_alike(session: Session, shared: Path, name: str, scanned: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "SCANNED_FROM", 0)
        fast = read_delimited(Place(shared / name, name, Path(session.folder)), InputSection(), session)
    assert isinstance(fast.rows, Scan) is scanned
    slow = read(session, shared / name)
    assert cells(fast) == cells(slow)
    assert fast.source == replace(slow.source, file=name)
    assert fast.findings == slow.findings


LETTERS = st.one_of(
    st.sampled_from("ab1.,;|\t\"' \n=-é€😀\u2028\x0b\\"), st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))
)
TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.text(LETTERS, max_size=8), min_size=width, max_size=width), min_size=1, max_size=12
    )
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=TABLES,
    mark=st.sampled_from(",;\t|"),
    ends=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_the_csv_module_writes_is_read_back(
    session: Session, tmp_path: Path, rows: list[list[str]], mark: str, ends: str, quoting: int
) -> None:
    header = [f"c{place}" for place in range(len(rows[0]))]
    numbered = [[str(number), *row] for number, row in enumerate(rows)]
    text = io.StringIO()
    csv.writer(text, delimiter=mark, lineterminator=ends, quoting=quoting).writerows([["id", *header], *numbered])
    path = save(tmp_path, text.getvalue())
    expected = [["id", *header], *[[cell or None for cell in row] for row in numbered]]
    for way in (read, read_by_scan):
        table = way(session, path, delimiter=mark)
        assert cells(table) == expected
        assert table.rejects == ()


BODY = "".join(f"{number},Name {number},{number}.5\n" for number in range(1, 21))
"""Lines 2 to 21 under a header."""


@pytest.fixture(params=["with care", "by scan"])
def way(request: pytest.FixtureRequest) -> Way:
    """Both ways of reading; what one does, the other does."""
    return read if request.param == "with care" else read_by_scan


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("21,short", "2 cells where the header has 3"),
        ("21", "1 cell where the header has 3"),
        ("21,long,5,6", "4 cells where the header has 3"),
        ('21,"open,5', "a quote opens and does not close"),
        ('21,"stray"s,5', "a stray quote"),
        ("id,name,spend", "the header again"),
        ("Total,,210.5", None),
    ],
)
def test_a_line_that_does_not_fit_is_rejected_alone(
    session: Session, tmp_path: Path, way: Way, line: str, reason: str | None
) -> None:
    table = way(session, save(tmp_path, f"id,name,spend\n{BODY}{line}\n{BODY}"))
    assert rejected(table) == ([(22, reason)] if reason else [])
    assert table.rows.count() == 40 + (reason is None)
    assert table.source.rows == 41
    assert [reject.text for reject in table.rejects] == ([line] if reason else [])


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_numbers_are_those_of_an_editor(session: Session, tmp_path: Path, way: Way, ends: str) -> None:
    text = f'\n\nid,name,spend\n1,"two\nlines",5\n\n{BODY}77,short\n2,"a\n\nb",6\n78\n'
    table = way(session, save(tmp_path, text.replace("\n", ends)))
    assert [reject.line for reject in table.rejects] == [27, 31]
    assert table.rows.count() == 22
    assert cells(table)[1] == ["1", f"two{ends}lines", "5"]


def test_mixed_line_ends_are_read(session: Session, tmp_path: Path, way: Way) -> None:
    table = way(session, save(tmp_path, "id,name\r\n1,a\n2,b\r3,c\r\n4\n"))
    assert cells(table)[1:] == [["1", "a"], ["2", "b"], ["3", "c"]]
    assert rejected(table) == [(5, "1 cell where the header has 2")]


def test_an_open_quote_does_not_swallow_the_rest_of_the_file(session: Session, tmp_path: Path, way: Way) -> None:
    table = way(session, save(tmp_path, f'id,name,spend\n0,"open,5\n{BODY}'))
    assert rejected(table) == [(2, "a quote opens and does not close")]
    assert table.rows.count() == 20


def test_a_quote_that_closes_in_another_row_does_not_swallow_those_between(
    session: Session, tmp_path: Path, way: Way
) -> None:
    table = way(session, save(tmp_path, f'id,name,spend\n0,"open,5\n{BODY}21,shut",9\n{BODY}'))
    assert rejected(table) == [(2, "a quote opens and closes in another row")]
    assert table.rows.count() == 41


def test_empty_cells_at_the_end_of_a_line_are_dropped(session: Session, tmp_path: Path, way: Way) -> None:
    table = way(session, save(tmp_path, f"id,name,spend\n{BODY}21,x,5,,\n22,y,6,\n"))
    assert (table.rows.count(), table.rejects) == (22, ())


def test_rows_without_a_value_are_no_rows(session: Session, tmp_path: Path, way: Way) -> None:
    table = way(session, save(tmp_path, f"id,name,spend\n{BODY},,\n{BODY},,\n,,\n"))
    assert (table.rows.count(), table.source.rows) == (40, 40)


@pytest.mark.parametrize("word", ["Total", "GRAND TOTAL", "Summe:", "Gesamt", "Totale", "Total général", "sum"])
def test_a_last_row_of_totals_is_rejected(session: Session, tmp_path: Path, way: Way, word: str) -> None:
    for row in (f"{word},,210.0", f',{word},"1,210"'):
        table = way(session, save(tmp_path, f"id,name,spend\n{BODY}{row}\n"))
        assert rejected(table) == [(22, "a row of totals")]


def test_a_customer_called_total_is_a_customer(session: Session, tmp_path: Path, way: Way) -> None:
    text = "station,litres\n" + "Total,40\nShell,30\nEsso,20\n" * 5 + "Total,50\n"
    table = way(session, save(tmp_path, text))
    assert (table.rows.count(), table.rejects) == (16, ())


def test_notes_under_the_table_are_rejected(session: Session, tmp_path: Path, way: Way) -> None:
    text = f"id,name,spend\n{BODY}Total,,210\n,,\nSource: CRM,,\nseen by Bob,on Monday,\n"
    table = way(session, save(tmp_path, text))
    assert rejected(table) == [(22, "a row of totals"), (24, "a note under the table"), (25, "a note under the table")]


def test_a_blank_line_inside_the_data_ends_nothing(session: Session, tmp_path: Path, way: Way) -> None:
    table = way(session, save(tmp_path, f"id,name,spend\n{BODY}\nx21,No number,n/a\n{BODY}"))
    assert (table.rows.count(), table.rejects) == (41, ())


def test_a_second_table_is_refused_by_its_line(session: Session, tmp_path: Path, way: Way) -> None:
    many = BODY * 100
    path = save(tmp_path, f"id,name,spend\n{many}\nshop,town,visits\n{BODY}")
    with pytest.raises(InputError, match=r"t.csv, line 2003: a second table begins here") as refused:
        way(session, path)
    assert "--skip-rows 2002" in refused.value.hint
    assert way(session, path, skip_rows=2002).rows.columns == ("shop", "town", "visits")


def test_a_second_table_of_another_width_is_refused_where_it_is_the_larger(
    session: Session, tmp_path: Path, way: Way
) -> None:
    second = "".join(f"{n},{n},{n},{n}\n" for n in range(60_000))
    path = save(tmp_path, f"id,name,spend\n{BODY * 900}\na,b,c,d\n{second}")
    with pytest.raises(InputError, match="line 18003: 4 cells where the header has 3") as refused:
        way(session, path)
    assert "--skip-rows 18002" in refused.value.hint


def test_rows_longer_than_the_header_are_refused_not_shifted(session: Session, tmp_path: Path, way: Way) -> None:
    with pytest.raises(InputError, match="20 of 20 rows do not fit, first line 2: 3 cells where the header has 2"):
        way(session, save(tmp_path, f"name,spend\n{BODY}"))


def test_more_rejects_than_anyone_can_read_are_refused(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segreport.sources.delimited.careful.MOST_REJECTS", 10)
    with pytest.raises(InputError, match="more than 10 lines do not fit, first line 22: 1 cell"):
        read(session, save(tmp_path, f"id,name,spend\n{BODY}" + "x\n" * 12 + BODY))


def test_the_header_may_lie_under_a_preamble(session: Session, tmp_path: Path, way: Way) -> None:
    table = way(session, save(tmp_path, f'Report of "customers"\nmade by Bob\n\nid,name,spend\n{BODY}x\n'))
    assert table.source.dialect["header"] == "2 rows above the header left out"
    assert (table.rows.count(), rejected(table)) == (20, [(25, "1 cell where the header has 3")])


def test_the_rows_to_skip_are_counted_from_the_first_line(session: Session, tmp_path: Path, way: Way) -> None:
    path = save(tmp_path, f'a,b,c\n1,"x",2\n\nid,name,spend\n{BODY}x\n')
    table = way(session, path, skip_rows=3)
    assert table.rows.columns == ("id", "name", "spend")
    assert (table.rows.count(), rejected(table)) == (20, [(25, "1 cell where the header has 3")])


def test_a_header_of_two_rows_is_joined(session: Session, tmp_path: Path, way: Way) -> None:
    text = ",Purchases,,Spend\nid,Web,Store,Wine\n" + "".join(f"{n},{n},{n},{n}.5\n" for n in range(9))
    table = way(session, save(tmp_path, text))
    assert table.rows.columns == ("id", "Purchases Web", "Purchases Store", "Spend Wine")
    assert table.source.dialect["header"] == "header made of 2 rows"


def test_a_table_without_a_header_is_numbered(session: Session, tmp_path: Path, way: Way) -> None:
    table = way(session, save(tmp_path, BODY + "x\n"))
    assert (table.rows.columns, table.rows.count()) == (("column 1", "column 2", "column 3"), 20)
    assert rejected(table) == [(21, "1 cell where the table has 3")]


def test_a_name_over_two_lines_is_one_name(session: Session, tmp_path: Path, way: Way) -> None:
    table = way(session, save(tmp_path, f'id,"full\nname", spend \n{BODY}'))
    assert table.rows.columns == ("id", "full name", "spend")


def test_columns_named_alike_are_kept_apart_and_said(session: Session, tmp_path: Path, way: Way) -> None:
    table = way(session, save(tmp_path, f"id,name,Name\n{BODY}"))
    assert table.rows.columns == ("id", "name", "Name (2)")
    assert [finding.code for finding in table.findings] == ["DQ014"]


def test_notes_beside_a_long_table_are_all_counted(session: Session, tmp_path: Path, way: Way) -> None:
    rows = "".join(f"{n},Name {n},{n}.5,{'note' if n % 1000 == 7 else ''}\n" for n in range(30_000))
    table = way(session, save(tmp_path, f"id,name,spend,\n{rows}"))
    assert table.findings[0].amount == 30
    assert table.source.dialect["header"] == "1 column without a name left out: 30 notes beside the table"


def test_cells_stay_as_they_stand(session: Session, tmp_path: Path, way: Way) -> None:
    text = 'id,a,b\n007, x ,NA\n008,"  y",null\n009,"",\u200bz\u202e\n010,5" pipe,1e5\n'
    table = way(session, save(tmp_path, text))
    assert cells(table)[1:] == [
        ["007", " x ", "NA"],
        ["008", "  y", "null"],
        ["009", None, "\u200bz\u202e"],
        ["010", '5" pipe', "1e5"],
    ]


def test_a_quote_with_blanks_around_it_is_read_one_way(session: Session, tmp_path: Path) -> None:
    path = save(tmp_path, f'id,name,spend\n{BODY}21, "x" ,5\n22,"y" ,6\n')
    assert cells(read(session, path)) == cells(read_by_scan(session, path))
    assert rejected(read(session, path)) == rejected(read_by_scan(session, path)) == [(23, "a stray quote")]


@pytest.mark.parametrize("name", ["a[1].csv", "b*.csv", "year=2020/c.csv", "d'e.csv", "f.csv.gz"])
def test_the_name_of_a_file_means_nothing(session: Session, tmp_path: Path, way: Way, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"id,name,spend\n{BODY}", encoding="utf-8")
    table = way(session, path)
    assert (table.rows.columns, table.rows.count()) == (("id", "name", "spend"), 20)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        (" \n\n\t\n", "is empty"),
        ("\ufeff", "is empty"),
        ("a,b,c\n", "has a header but no rows"),
        ("a,b,c\n,,\n\n", "has a header but no rows"),
        ("<!DOCTYPE html><html><body>log in</body></html>", "holds HTML"),
        ("\n <?xml version='1.0'?><a/>", "holds HTML or XML"),
        ('{"a": 1}\n', "holds JSON"),
        ('[\n  {"a": 1}\n]\n', "holds JSON"),
    ],
)
def test_what_is_no_table_is_refused(session: Session, tmp_path: Path, way: Way, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        way(session, save(tmp_path, text))
    assert refused.value.hint


def test_lines_longer_than_the_sample_are_read(session: Session, tmp_path: Path, way: Way) -> None:
    names = [f"a column with {'such ' * 40} a long name, {place}" for place in range(1500)]
    rows = [names, *[[f"{row}.{place}" for place in range(1500)] for row in range(3)]]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    table = way(session, save(tmp_path, text.getvalue()))
    assert (len(table.rows.columns), table.rows.count(), table.rejects) == (1500, 3, ())


def test_more_columns_than_a_table_has_are_refused(session: Session, tmp_path: Path, way: Way) -> None:
    with pytest.raises(InputError, match="100,001 cells in a line"):
        way(session, save(tmp_path, "a," * 100_000))


def test_a_line_without_an_end_is_refused(session: Session, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a line of more than"):
        read(session, save(tmp_path, b"a,b\n" + b"x" * 20_000_000))


@pytest.mark.parametrize("seed", range(40))
def test_garbage_is_refused_or_read_and_never_breaks(session: Session, tmp_path: Path, way: Way, seed: int) -> None:
    path = save(tmp_path, garbage(random.Random(seed)))
    began = time.perf_counter()
    with contextlib.suppress(InputError):
        way(session, path)
    assert time.perf_counter() - began < 2


def garbage(source: random.Random) -> bytes:
    """Bytes of all kinds, or the pieces that tables are made of in no order."""
    if source.random() < 0.3:
        return source.randbytes(source.randint(1, 5000))
    pieces = [*'",;|\t\n\r a1', "\r\n", "2.5", "é", "\\", "'", '""', "sep=;\n", "\x0b"]
    text = "".join(source.choice(pieces) for _ in range(source.randint(1, 5000)))
    return text.encode(source.choice(["utf-8", "utf-16", "utf-16-le", "cp1252", "utf-8-sig"]))


def test_a_large_file_is_scanned_and_a_small_one_is_not(session: Session, tmp_path: Path) -> None:
    place = Place(save(tmp_path, "id,name,spend\n" + BODY * 20_000), "t.csv", Path(session.folder))
    assert isinstance(read_delimited(place, InputSection(), session).rows, Scan)
    place = Place(save(tmp_path, "id,name,spend\n" + BODY), "t.csv", Path(session.folder))
    assert not isinstance(read_delimited(place, InputSection(), session).rows, Scan)


@pytest.mark.parametrize(
    ("line", "kept"), [("21,short", 0), ('21,"two\nlines",5', 1), ("21,caf\udce9,5", 1), ('21,"open,5', 0)]
)
def test_what_a_scan_did_not_foresee_is_built_again_from_a_careful_reading(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, kept: int
) -> None:
    monkeypatch.setattr(delimited, "SCANNED_FROM", 0)
    text = f"id,name,spend\n{BODY * 1000}{line}\n{BODY}"
    place = Place(save(tmp_path, text.encode(errors="surrogateescape")), "t.csv", Path(session.folder))
    scanned = read_delimited(place, InputSection(), session)
    assert isinstance(scanned.rows, Scan)
    scanned = replace(scanned, source=replace(scanned.source, sha256="1234"))
    built: list[SourceTable] = []

    def build(table: SourceTable) -> Relation:
        built.append(table)
        assert isinstance(table.rows, Relation)
        return session.create(f"SELECT id, spend::DOUBLE AS spend FROM {name_of(table.rows.name)}")

    table, rows = settle(scanned, build)
    assert (rows.count(), table.source.sha256, len(built)) == (20_020 + kept, "1234", 2)
    assert table.source.rows == 20_021
    assert built[1] is table


RULED = {
    "psql": " id | city  | spend\n----+-------+-------\n  1 | Bonn  |   2.5\n  2 | Essen |   3.5\n(2 rows)\n",
    "markdown": "| id | city | spend |\n|---|:--|---:|\n| 1 | Bonn | 2.5 |\n| 2 | Essen | 3.5 |\n",
    "sqlplus": "\nID CITY  SPEND\n-- ----- -----\n 1 Bonn    2.5\n 2 Essen   3.5\n",
    "report": "-----\n|ID|CITY |SPEND|\n-----\n|1 |Bonn |  2.5|\n|2 |Essen|  3.5|\n-----\n",
}


@pytest.mark.parametrize("name", RULED)
def test_lines_that_are_drawn_hold_no_row(session: Session, tmp_path: Path, name: str) -> None:
    path = tmp_path / "table.txt"
    path.write_text(RULED[name])
    table = read(session, path)
    assert [cell.strip().lower() for cell in table.rows.columns] == ["id", "city", "spend"]
    cells = table.rows.frame().map(str.strip).to_numpy().tolist()
    assert cells == [["1", "Bonn", "2.5"], ["2", "Essen", "3.5"]]
    assert [reject.text for reject in table.rejects] == (["(2 rows)"] if name == "psql" else [])


@pytest.mark.parametrize("mark", ["^", "~", "\x01", "\x1f", "¦"])
def test_rare_delimiters_are_found_where_every_line_has_as_many(session: Session, tmp_path: Path, mark: str) -> None:
    path = tmp_path / "table.txt"
    path.write_text("".join(mark.join(row) + "\n" for row in (["id", "city"], ["1", "Bonn"], ["2", "Essen, Ruhr"])))
    assert read(session, path).rows.frame().to_numpy().tolist() == [["1", "Bonn"], ["2", "Essen, Ruhr"]]


@pytest.mark.parametrize("large", [False, True])
def test_files_put_one_behind_the_other_keep_neither_mark_nor_header(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    if large:
        monkeypatch.setattr(delimited, "SCANNED_FROM", 0)
    path = tmp_path / "table.csv"
    part = "\ufeffid,city\n" + "".join(f"{number},Bonn\n" for number in range(50))
    path.write_text(part * 2, encoding="utf-8")
    table = read(session, path)
    assert (table.rows.count(), [reject.reason for reject in table.rejects]) == (100, ["the header again"])


def test_a_row_of_units_under_the_header_is_rejected_with_its_line(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("id,age,spend\n,years,EUR\n" + "".join(f"{n},{20 + n},{n}.5\n" for n in range(30)))
    table = read(session, path)
    assert (table.rows.count(), table.source.rows) == (30, 31)
    assert [(reject.line, reject.text) for reject in table.rejects] == [(2, ",years,EUR")]


def test_totals_beside_a_currency_are_no_row(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("day;amount;currency\n" + "01.02.2023;5,00;EUR\n02.02.2023;6,00;EUR\n" * 9 + "\nSumme;99,00;EUR\n")
    assert [reject.reason for reject in read(session, path).rejects] == ["a row of totals"]
