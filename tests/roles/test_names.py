"""Names are split into words, the words are understood in several languages, and written for print."""

from __future__ import annotations

import pytest

from segreport.roles import label_of, split_name
from segreport.roles.names import read_name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("NumWebVisitsMonth", ["num", "web", "visits", "month"]),
        ("mnt_wines", ["mnt", "wines"]),
        ("Mnt Wines", ["mnt", "wines"]),
        ("marital-status", ["marital", "status"]),
        ("IDCliente", ["id", "cliente"]),
        ("CD_CLIENTE", ["cd", "cliente"]),
        ("Região", ["região"]),
        ("GebJahr", ["geb", "jahr"]),
        ("KPIs", ["kpis"]),
    ],
)
def test_names_are_split_at_every_convention(name: str, words: list[str]) -> None:
    assert split_name(name) == words


def test_names_are_written_as_words() -> None:
    assert label_of("NumWebVisitsMonth") == "Web visits a month"
    assert label_of("marital_status") == "Marital status"
    assert label_of("annual_income_thousands") == "Annual income (thousands)"
    assert label_of("UF") == "UF"
    assert label_of("R&D %s") == "R&D %s"


@pytest.mark.parametrize(
    ("name", "concepts"),
    [
        ("Kundennummer", {"customer", "number"}),
        ("rechnungsdatum", {"invoice", "date"}),
        ("Stückpreis", {"unit", "price"}),
        ("STUECKPREIS", {"unit", "price"}),
        ("stuckpreis", {"unit", "price"}),
        ("customerid", {"customer", "id"}),
        ("geboortejaar", {"birth", "year"}),
        ("date de naissance", {"date", "birth"}),
        ("chiffre d'affaires", {"money"}),
        ("qtde_pedidos", {"count", "order"}),
    ],
)
def test_words_are_understood_in_any_spelling_and_grown_together(name: str, concepts: set[str]) -> None:
    assert concepts <= read_name(name).concepts


@pytest.mark.parametrize("name", ["postage", "storage", "mileage", "usage", "candidate", "dataset"])
def test_a_word_inside_another_is_not_taken_out_of_it(name: str) -> None:
    assert not read_name(name).concepts


def test_the_topic_is_what_the_words_for_money_and_orders_leave() -> None:
    assert read_name("MntMeatProducts").topic == "meat"
    assert read_name("Umsatz_Wein").topic == "wein"
    assert read_name("gasto en vino").topic == "vino"
    assert read_name("total_sales_2023").topic == ""
