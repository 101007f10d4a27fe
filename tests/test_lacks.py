"""What a table lacks follows from its roles, and every lack names the decision that it blocks."""

from __future__ import annotations

from segreport.domain import Role, RoleName
from segreport.lacks import MOST, lacks_of


def missing(*roles: RoleName, **named: RoleName) -> list[str]:
    columns = {f"c{n}": role for n, role in enumerate(roles)} | named
    return [lack.what for lack in lacks_of({name: Role(role, "", name) for name, role in columns.items()})]


def test_a_bare_table_lacks_what_matters_most_first_and_no_more_than_six() -> None:
    found = missing("id", "number", "number")
    assert found[:2] == ["Spending", "Date of the last order"]
    assert len(found) == MOST == 6


def test_every_lack_names_a_decision() -> None:
    for lack in lacks_of({}):
        assert lack.what
        assert ":" in lack.blocks


def test_the_date_of_signing_up_is_not_the_date_of_an_order() -> None:
    assert "Date of the last order" in missing("date", "spend")
    assert "Date of the last order" not in missing("recency", "spend")


def test_a_log_of_purchases_has_dates_products_and_money() -> None:
    found = missing("invoice", "date", "product", "quantity", "unit-price", "region")
    assert not {"Spending", "Date of the last order", "Dates of single orders", "Products bought"} & set(found)
    assert "Region or store" not in found


def test_what_has_no_role_is_found_by_the_name_of_its_column() -> None:
    everything: tuple[RoleName, ...] = ("spend", "recency", "response", "channel", "income", "region")
    assert "Costs and margins" in missing(*everything)
    assert "Costs and margins" not in missing(*everything, ProfitMargin="number")
    assert "Permission to contact" not in missing(*everything, Email_OptIn="flag")


def test_a_column_with_one_value_only_fills_no_lack() -> None:
    assert "Costs and margins" in missing("spend", "recency", "response", "channel", "income", Z_Cost="constant")


def test_a_city_as_part_of_another_word_is_not_a_place() -> None:
    assert "Region or store" in missing("spend", "recency", "response", "channel", Elasticity="number")
