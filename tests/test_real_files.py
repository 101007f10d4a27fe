"""Every real file is read as what it is, or refused by what it is, with a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from taken import intake_of

from segreport.errors import InputError

TEXT, TAB, SEMICOLON, COMMA = "delimited text", "tab", "semicolon", "comma"
READ: dict[str, tuple[int, int, str, str, str, str]] = {
    # rows, columns, format, delimiter, encoding, dates
    "CDNOW_master.txt": (69_659, 4, TEXT, "blanks", "utf-8", "YMD"),
    "Mall_Customers.csv": (200, 5, TEXT, COMMA, "utf-8", ""),
    "customer_segmentation_1000.csv": (1_000, 9, TEXT, COMMA, "utf-8", ""),
    "marketing_campaign.csv": (2_240, 29, TEXT, TAB, "utf-8", "DMY"),
    "online_retail.parquet": (541_909, 8, "Parquet", "", "", "typed"),
    "messy/cpa_all_quoted_mdy_dates.csv": (2_240, 29, TEXT, COMMA, "utf-8", "MDY"),
    "messy/cpa_semicolon_bom_crlf.csv": (2_240, 29, TEXT, SEMICOLON, "utf-8 with BOM", "YMD"),
    "messy/cpa_tab_leading_blank_line.csv": (2_240, 29, TEXT, TAB, "utf-8", "DMY"),
    "messy/cpa_xlsx_dashboard_3sheets.xlsx": (2_240, 29, "Excel workbook", "", "", "typed"),
    "messy/decimal_comma_base_cliente.csv": (10_615, 12, TEXT, SEMICOLON, "utf-8 with BOM", ""),
    "messy/wholesale_trailing_commas.csv": (440, 8, TEXT, COMMA, "utf-8, with 8 bytes that are not", ""),
}
REFUSED = {
    "quick_cluster_57.json": ("is JSON, not a table", "CSV or Parquet"),
    "messy/pickle_named.sav.head256": ("is a Python pickle, which is never opened", "to_csv"),
    "README.md": ("no numeric column", "--delimiter"),
}
CAMPAIGN = [name for name in READ if "cpa_" in name]


@pytest.mark.parametrize("name", READ)
def test_a_real_file_is_read_whole_and_said_to_be_what_it_is(shared: Path, name: str) -> None:
    rows, columns, kind, delimiter, encoding, dates = READ[name]
    with intake_of(shared / name) as intake:
        source = intake.typed.source
        assert (source.rows, source.columns) == (rows, columns)
        found = tuple(source.dialect.get(key, "") for key in ("format", "delimiter", "encoding"))
        assert found == (kind, delimiter, encoding)
        orders = {column.reading or "typed" for column in intake.typed.columns.values() if column.kind == "date"}
        assert orders == ({dates} if dates else set())


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_of_customers_is_refused_with_a_remedy(shared: Path, name: str) -> None:
    from segreport.features import build_features

    cause, remedy = REFUSED[name]
    with pytest.raises(InputError) as refused, intake_of(shared / name) as intake:
        build_features(intake.cleaned)
    assert cause in refused.value.message
    assert remedy in refused.value.hint


def test_every_real_file_is_in_the_table(shared: Path) -> None:
    files = {str(path.relative_to(shared)) for path in shared.rglob("*") if path.is_file()}
    assert files == {*READ, *REFUSED}


@pytest.mark.parametrize("name", CAMPAIGN)
def test_the_variants_of_the_campaign_hold_the_same_customers(campaign: Path, shared: Path, name: str) -> None:
    columns = ["ID", "Year_Birth", "Income", "Dt_Customer", "MntWines", "NumStorePurchases", "Marital_Status"]
    with intake_of(campaign) as intake:
        expected = intake.cleaned.frame[columns].sort_values("ID", ignore_index=True)
    with intake_of(shared / name) as intake:
        found = intake.cleaned.frame[columns].sort_values("ID", ignore_index=True)
    assert found.equals(expected)
