"""The sample data: an invented shop for tea and tableware, with four kinds of customers that really are there."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

CUSTOMERS, BUYERS, LINES = 2_000, 400, 10_000
LAST_DAY = date(2026, 9, 30)
PRODUCTS = ("Tea", "Coffee", "Chocolate", "Ceramics", "Books")
CHANNELS = ("Web", "App", "Store")
PRICES = {"Tea": 7.5, "Coffee": 9.9, "Chocolate": 4.2, "Ceramics": 28.0, "Books": 16.5}
COUNTRIES = ("Austria", "Belgium", "Denmark", "Ireland", "Portugal")
MISSING_INCOMES, CANCELLED = 31, 0.03


@dataclass(frozen=True)
class Kind:
    """One kind of customer: its share, the means of its income, age, spending and orders, and its habits."""

    share: float
    income: float
    age: float
    children: float
    spend: tuple[float, float, float, float, float]
    orders: tuple[float, float, float]
    deals: float
    visits: float
    answers: float
    per_year: float
    silent_days: float


KINDS = (
    Kind(0.36, 31_000, 39, 1.1, (28, 34, 22, 9, 12), (1.6, 0.8, 1.9), 0.9, 6.5, 0.04, 2.0, 150),
    Kind(0.27, 44_000, 31, 0.2, (90, 420, 95, 25, 40), (4.5, 11.0, 2.2), 1.4, 9.0, 0.16, 14.0, 14),
    Kind(0.22, 39_000, 46, 2.0, (120, 70, 330, 30, 60), (7.5, 1.2, 3.4), 6.2, 7.0, 0.11, 9.0, 35),
    Kind(0.15, 83_000, 56, 0.4, (520, 110, 160, 780, 210), (3.2, 0.9, 10.5), 0.5, 2.4, 0.31, 12.0, 25),
)


def write_sample(folder: Path, *, seed: int = 7) -> tuple[Path, Path]:
    """Write customers.csv and transactions.csv into the folder and give their paths; the same seed, the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    customers, transactions = folder / "customers.csv", folder / "transactions.csv"
    _write(customers, _CUSTOMER_COLUMNS, _customers(rng))
    _write(transactions, _LINE_COLUMNS, _lines(rng))
    return customers, transactions


_CUSTOMER_COLUMNS = (
    "CustomerID", "YearOfBirth", "Education", "MaritalStatus", "Income", "ChildrenAtHome", "SignUpDate",
    "DaysSinceLastOrder",
    *(f"Spend_{product}" for product in PRODUCTS), *(f"Orders_{channel}" for channel in CHANNELS), "DealOrders",
    "WebVisitsMonth", "AcceptedCampaign1", "AcceptedCampaign2", "AcceptedCampaign3", "Newsletter", "Currency",
)  # fmt: skip
_LINE_COLUMNS = ("InvoiceNo", "CustomerID", "InvoiceDate", "Product", "Category", "Quantity", "UnitPrice", "Country")


def _customers(rng: np.random.Generator) -> list[list[object]]:
    kinds = rng.choice(len(KINDS), CUSTOMERS, p=[kind.share for kind in KINDS])
    rows = [_customer(rng, number, KINDS[kind]) for number, kind in enumerate(kinds, 1)]
    for place in rng.choice(CUSTOMERS, MISSING_INCOMES, replace=False):
        rows[place][4] = ""
    rows[17][1], rows[912][1] = 1888, 1899
    rows.insert(1_204, list(rows[1_203]))
    return rows


def _customer(rng: np.random.Generator, number: int, kind: Kind) -> list[object]:
    size = rng.lognormal(0.0, 0.22)
    spend = [round(mean * size * rng.lognormal(0.0, 0.32), 2) for mean in kind.spend]
    orders = [int(rng.poisson(mean * size)) for mean in kind.orders]
    age = int(np.clip(rng.normal(kind.age, 8.0), 18, 90))
    joined = LAST_DAY - timedelta(days=int(rng.integers(20, 1_400)))
    answers = [int(rng.random() < kind.answers) for _ in range(3)]
    return [
        f"{number:06d}", LAST_DAY.year - age,
        _one_of(rng, ("School", "College", "Bachelor", "Master"), (0.2, 0.3, 0.35, 0.15)),
        _one_of(rng, ("Single", "Partnered", "Married", "Widowed"), (0.3, 0.25, 0.4, 0.05)),
        round(float(kind.income * rng.lognormal(0.0, 0.2))), int(rng.poisson(kind.children)), joined.isoformat(),
        int(min(rng.exponential(kind.silent_days) + 1, 720)), *spend, *orders, int(rng.poisson(kind.deals)),
        int(rng.poisson(kind.visits)), *answers, int(rng.random() < 0.6), "EUR",
    ]  # fmt: skip


def _lines(rng: np.random.Generator) -> list[list[object]]:
    """Invoices of a few lines each until there are enough, in the order of their dates; a few are cancelled later."""
    kinds = rng.choice(len(KINDS), BUYERS, p=[kind.share for kind in KINDS])
    weights = np.array([KINDS[kind].per_year for kind in kinds]) * rng.lognormal(0.0, 0.3, BUYERS)
    buyers = rng.choice(BUYERS, LINES // 4, p=weights / weights.sum())
    moments = sorted((_moment(rng, KINDS[kinds[buyer]]), int(buyer)) for buyer in buyers)
    rows: list[list[object]] = []
    for number, (moment, buyer) in enumerate(moments, 500_001):
        rows += _invoice(rng, number, buyer, moment, KINDS[kinds[buyer]])
    rows = rows[:LINES]
    cancelled = rng.choice(len(rows), int(len(rows) * CANCELLED), replace=False)
    for place in sorted(cancelled):
        rows[place] = [f"C{rows[place][0]}", *rows[place][1:5], -int(str(rows[place][5])), *rows[place][6:]]
    return rows


def _moment(rng: np.random.Generator, kind: Kind) -> datetime:
    """A time of purchase in the last year; those who fall silent bought longer ago."""
    quiet = min(rng.exponential(kind.silent_days), 360) if kind.silent_days > 100 else 0.0
    days = quiet + rng.random() * (365 - quiet)
    day = LAST_DAY - timedelta(days=int(days))
    return datetime(day.year, day.month, day.day, int(rng.integers(8, 20)), int(rng.integers(0, 60)))


def _invoice(rng: np.random.Generator, number: int, buyer: int, moment: datetime, kind: Kind) -> list[list[object]]:
    weights = np.array(kind.spend) / sum(kind.spend)
    country = COUNTRIES[buyer % 7 if buyer % 7 < len(COUNTRIES) else 0]
    rows: list[list[object]] = []
    for _ in range(int(rng.integers(2, 7))):
        category = PRODUCTS[int(rng.choice(len(PRODUCTS), p=weights))]
        article = int(rng.integers(1, 9))
        price = round(PRICES[category] * (0.7 + 0.1 * article), 2)
        rows.append([
            number, f"{buyer + 1:06d}", moment.isoformat(sep=" "), f"{category} no. {article}", category,
            int(rng.integers(1, 5)), f"{price:.2f}", country,
        ])  # fmt: skip
    return rows


def _one_of(rng: np.random.Generator, names: Sequence[str], weights: Sequence[float]) -> str:
    return names[int(rng.choice(len(names), p=weights))]


def _write(path: Path, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
