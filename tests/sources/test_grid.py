"""The table is found in a grid of cells, whatever stands above and beside it."""

from __future__ import annotations

import pytest

from segreport.errors import InputError
from segreport.sources.grid import find_layout

DATA = [[str(place), f"Name {place}", f"{place * 7}.5"] for place in range(1, 13)]
HEADER = ["id", "name", "spend"]


def rows_of(text: str) -> list[list[str]]:
    """Rows as they are written in a test: cells parted by ``|``, blank lines kept."""
    return [line.split("|") if line.strip() else [] for line in text.splitlines()]


def test_a_plain_table_is_taken_as_it_is() -> None:
    layout = find_layout([HEADER, *DATA])
    assert (layout.names, layout.columns, layout.start) == (("id", "name", "spend"), (0, 1, 2), 1)
    assert layout.notes == ()
    assert layout.findings == ()


def test_blank_rows_above_the_header_are_passed_over() -> None:
    layout = find_layout([[], ["", "", ""], HEADER, *DATA])
    assert (layout.names, layout.start, layout.notes) == (("id", "name", "spend"), 3, ())


@pytest.mark.parametrize(
    "above",
    [
        [["Report of customers"]],
        [["Report of customers"], ["Exported by Bob", "2024-05-01"], []],
        [["Report of customers", "", ""], ["", "", ""]],
        [["Account", "ACME"], ["From", "2024-01-01"], ["To", "2024-12-31"]],
        [["Account", "ACME"], ["From", "2024-01-01"], []],
        [["Customers, all regions"], [], ["in EUR"], []],
        [["From", "2024-01-01", ""], ["To", "2024-12-31", ""], ["", "", ""]],
    ],
)
def test_a_preamble_is_left_out_and_counted(above: list[list[str]]) -> None:
    layout = find_layout([*above, HEADER, *DATA])
    count = sum(any(row) for row in above)
    assert (layout.names, layout.start) == (("id", "name", "spend"), len(above) + 1)
    assert layout.notes == (f"{count} row{'s' if count > 1 else ''} above the header left out",)


def test_a_preamble_of_pairs_over_a_table_of_two_columns_is_found_by_the_blank_row() -> None:
    grid = rows_of("Report|Sales\nFrom|2020-01-01\n\nname|amount\nA|5\nB|7\nC|9\nD|11")
    assert find_layout(grid).names == ("name", "amount")


def test_a_row_of_groups_stands_before_the_names_under_it() -> None:
    grid = rows_of("|Purchases||Spend|\nid|Web|Store|Wine|Meat\n1|2|3|4.5|5\n2|3|4|5.5|6\n3|1|1|1|1")
    layout = find_layout(grid)
    assert layout.names == ("id", "Purchases Web", "Purchases Store", "Spend Wine", "Spend Meat")
    assert (layout.start, layout.notes) == (2, ("header made of 2 rows",))


def test_groups_may_be_repeated_and_stand_under_a_title() -> None:
    grid = rows_of(
        "Customers 2024||||\n\nKey|Purchases|Purchases|Spend|Spend\nid|Web|Store|Wine|Meat\n1|2|3|4.5|5\n2|3|4|5.5|6"
    )
    layout = find_layout(grid)
    assert layout.names == ("Key id", "Purchases Web", "Purchases Store", "Spend Wine", "Spend Meat")
    assert layout.notes == ("1 row above the header left out", "header made of 2 rows")


def test_a_name_in_the_row_of_groups_alone_stays_alone() -> None:
    grid = rows_of("id|Purchases||age\n|Web|Store|\n1|2|3|40\n2|3|4|50\n3|1|1|60")
    assert find_layout(grid).names == ("id", "Purchases Web", "Purchases Store", "age")


def test_a_first_row_that_looks_like_the_data_is_data() -> None:
    layout = find_layout(DATA)
    assert (layout.names, layout.start) == (("column 1", "column 2", "column 3"), 0)
    assert layout.notes == ("no header: the columns are numbered",)


def test_words_that_come_again_below_are_no_header() -> None:
    grid = rows_of("Female|Basel|yes\nMale|Bern|no\nFemale|Bern|yes\nFemale|Basel|no\nMale|Basel|no")
    assert find_layout(grid).start == 0


@pytest.mark.parametrize(
    "header",
    [
        ["customer", "2019", "2020", "2021"],
        ["customer", "2023", "2024", "change"],
        ["customer", "2024-01-31", "2024-02-29", "2024-03-31"],
        ["0", "1", "2", "3"],
        ["", "Q1", "Q2", "Q3"],
    ],
)
def test_years_dates_and_places_may_be_names(header: list[str]) -> None:
    grid = [header, *[[f"c{place}", f"{place}10.5", f"{place}20", f"{place}30"] for place in range(1, 9)]]
    assert find_layout(grid).start == 1


def test_a_header_over_text_alone_is_a_header() -> None:
    assert find_layout(rows_of("name|city\nAnn|Bern\nBob|Basel\nCid|Bern")).names == ("name", "city")


def test_names_lose_blanks_line_breaks_and_what_nobody_sees() -> None:
    layout = find_layout([["\ufeff id ", "full\n name", "\u200bspend\u200b"], *DATA])
    assert layout.names == ("id", "full name", "spend")


def test_columns_named_alike_are_numbered_ignoring_case() -> None:
    grid = rows_of("age|Age|AGE|age (2)|x\n1|2|3|4|5\n2|3|4|5|6")
    layout = find_layout(grid)
    assert layout.names == ("age", "Age (3)", "AGE (4)", "age (2)", "x")
    assert [(finding.code, finding.amount) for finding in layout.findings] == [("DQ014", 2)]
    assert "2 columns named like another before: now “Age (3)”, “AGE (4)”" in layout.notes


def test_empty_columns_without_a_name_are_left_out() -> None:
    layout = find_layout([[*HEADER, "", ""], *[[*row, "", ""] for row in DATA]])
    assert (layout.columns, layout.aside, layout.findings) == ((0, 1, 2), (3, 4), ())
    assert layout.notes == ("2 empty columns without a name left out",)


def test_notes_beside_the_table_are_left_out_and_said() -> None:
    rows = [[*row, "", "see below" if row[0] == "3" else ""] for row in DATA]
    layout = find_layout([[*HEADER, "", ""], *rows])
    assert (layout.columns, layout.beside) == ((0, 1, 2), 1)
    assert layout.notes == ("2 columns without a name left out: 1 note beside the table",)
    assert [(finding.code, finding.amount) for finding in layout.findings] == [("DQ015", 1)]


def test_a_full_column_without_a_name_is_kept() -> None:
    layout = find_layout([["", *HEADER], *[[str(place), *row] for place, row in enumerate(DATA)]])
    assert layout.names == ("column 1", "id", "name", "spend")


def test_the_user_knows_how_many_rows_to_skip() -> None:
    layout = find_layout([["x", "y", "z"], ["what", "ever", "2"], HEADER, *DATA], skip_rows=2)
    assert (layout.names, layout.start) == (("id", "name", "spend"), 3)


def test_a_second_table_is_refused_by_its_row() -> None:
    with pytest.raises(InputError, match="row 15: a second table begins here, after the one in row 1") as refused:
        find_layout([HEADER, *DATA, [], ["day", "visits", "share"], *[["1", "2", "3"]] * 20])
    assert "--skip-rows 14" in refused.value.hint


def test_a_blank_row_inside_the_data_does_not_end_them() -> None:
    assert find_layout([HEADER, *DATA[:5], [], *DATA[5:]]).start == 1


def test_a_missing_value_in_the_first_row_does_not_make_it_a_header() -> None:
    grid = rows_of("name|amount\nAnn|\nBob|n/a\nCid|5\nDan|7\nEve|9")
    assert (find_layout(grid).names, find_layout(grid).start) == (("name", "amount"), 1)


@pytest.mark.parametrize("grid", [[], [[]], [["", " "], []]])
def test_a_grid_without_anything_is_refused(grid: list[list[str]]) -> None:
    with pytest.raises(InputError, match="no row holds anything"):
        find_layout(grid)


def test_rows_of_units_types_and_questions_under_the_header_are_told_from_data() -> None:
    header, units = ["id", "age", "spend", "city"], ["", "years", "EUR", ""]
    data = [[str(number), str(20 + number), f"{number}.5", "Bonn"] for number in range(9)]
    assert find_layout([header, units, *data]).under == (1,)
    assert find_layout([header, ["Respondent", "How old?", "How much?", "Where?"], units, *data]).under == (1, 2)
    assert find_layout([header, units, *data]).names == tuple(header)


def test_a_first_customer_with_gaps_stays_a_customer() -> None:
    header = ["id", "age", "spend"]
    data = [[str(number), str(20 + number), f"{number}.5"] for number in range(9)]
    assert find_layout([header, ["99", "unknown", "unknown"], *data]).under == ()
    assert find_layout([header, ["", "unknown", "unknown"], *data, ["", "unknown", "unknown"]]).under == ()


def test_years_over_columns_that_come_again_are_groups() -> None:
    rows = [["Year", "2022", "2022", "2023", "2023"], ["Customer", "Sales", "Units", "Sales", "Units"]]
    data = [[f"C{number}", f"{number}.5", "3", f"{number}.7", "4"] for number in range(9)]
    names = ("Year Customer", "2022 Sales", "2022 Units", "2023 Sales", "2023 Units")
    assert find_layout([*rows, *data]).names == names
