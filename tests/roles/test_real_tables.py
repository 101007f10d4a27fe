"""Tables as people have them: every column has its role."""

from __future__ import annotations

from pathlib import Path

from segreport.config import InputSection
from segreport.domain import RoledTable
from segreport.engine import open_session
from segreport.roles import detect_roles
from segreport.sources import read
from segreport.typed import type_columns


def found_in(path: Path) -> RoledTable:
    with open_session() as session:
        options = InputSection()
        return detect_roles(type_columns(read([str(path)], options, session), options, session))


def roles(table: RoledTable) -> dict[str, str]:
    return {name: role.role for name, role in table.roles.items()}


def expected(text: str) -> dict[str, str]:
    """Columns and roles, a line a column."""
    return dict(line.split() for line in text.strip().splitlines())


CAMPAIGN = """
    ID id
    Year_Birth birth-year
    Education education
    Marital_Status marital-status
    Income income
    Kidhome children
    Teenhome children
    Dt_Customer date
    Recency recency
    MntWines spend
    MntFruits spend
    MntMeatProducts spend
    MntFishProducts spend
    MntSweetProducts spend
    MntGoldProds spend
    NumDealsPurchases deals
    NumWebPurchases channel
    NumCatalogPurchases channel
    NumStorePurchases channel
    NumWebVisitsMonth visits
    AcceptedCmp3 response
    AcceptedCmp4 response
    AcceptedCmp5 response
    AcceptedCmp1 response
    AcceptedCmp2 response
    Complain complaint
    Z_CostContact constant
    Z_Revenue constant
    Response response
"""
RETAIL = """
    InvoiceNo invoice
    StockCode product
    Description text
    Quantity quantity
    InvoiceDate date
    UnitPrice unit-price
    CustomerID id
    Country region
"""
BRAZIL = """
    CD_CLIENTE id
    SEGMENTO category
    FAIXA_FATURAMENTO category
    MARCA_TOTVS category
    MODALIDADE_COMERCIALIZADA category
    REGIAO region
    RESPOSTA_NPS_RELACIONAL score
    Tempo_Relacionamento_media number
    RECEITA_RECORRENTE_media number
    QTDE_TICKETS_media number
    UF region
    UF_AJUSTADA region
"""
THOUSAND = """
    id id
    age age
    gender gender
    income income
    spending_score score
    membership_years number
    purchase_frequency orders
    preferred_category category
    last_purchase_amount number
"""


def test_the_marketing_campaign(campaign: Path) -> None:
    table = found_in(campaign)
    assert roles(table) == expected(CAMPAIGN)
    labels = {name: role.label for name, role in table.roles.items()}
    assert (labels["MntWines"], labels["NumCatalogPurchases"], labels["AcceptedCmp3"]) == (
        "Wine", "Catalogue", "Accepted campaign 3",
    )  # fmt: skip
    assert (labels["Recency"], labels["Response"]) == ("Days since last order", "Took the last offer")
    assert [(finding.code, round(finding.amount, 2)) for finding in table.findings] == [("DQ010", 0.41)]


def test_the_mall(shared: Path) -> None:
    table = found_in(shared / "Mall_Customers.csv")
    assert list(roles(table).values()) == ["id", "gender", "age", "income", "score"]


def test_a_thousand_customers(shared: Path) -> None:
    assert roles(found_in(shared / "customer_segmentation_1000.csv")) == expected(THOUSAND)


def test_an_export_in_portuguese(shared: Path) -> None:
    assert roles(found_in(shared / "messy" / "decimal_comma_base_cliente.csv")) == expected(BRAZIL)


def test_wholesale_customers_are_coded_by_channel_and_region(shared: Path) -> None:
    found = list(roles(found_in(shared / "messy" / "wholesale_trailing_commas.csv")).values())
    assert found[:8] == ["category", "region", *["number"] * 6]


def test_a_log_of_an_online_shop(shared: Path) -> None:
    table = found_in(shared / "online_retail.parquet")
    assert roles(table) == expected(RETAIL)


def test_a_log_without_capitals(shared: Path) -> None:
    table = found_in(shared / "CDNOW_master.txt")
    assert roles(table) == {"customer_id": "id", "date": "date", "number_of_cds": "quantity", "dollar_value": "amount"}


def test_the_sample(sample: Path) -> None:
    table = found_in(sample)
    assert roles(table)["Spend_Tea"] == "spend"
    log = found_in(sample.with_name("transactions.csv"))
    assert list(roles(log).values()) == [
        "invoice", "id", "date", "product", "product-category", "quantity", "unit-price", "region",
    ]  # fmt: skip
