"""What is noticed in the rows that are used: repeats, gaps, figures far out, rare words, dates that are to come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from segreport.domain import CATEGORY_ROLES, Finding, Role, RoleName, Unit, columns_with
from segreport.engine import Relation, Session, name_of

FAR_OUT = 3.0
"""A value this many interquartile ranges beyond the quartiles is far out (Tukey 1977)."""
FEW_FAR_OUT = 0.005
RARE = 0.005
ROWS_LOOKED_AT = 200_000
"""Above so many rows quartiles come from the first of them, and rows equal but for the id are not looked for."""


def find_faults(
    rows: Relation,
    roles: Mapping[str, Role],
    reference: date | datetime | None,
    session: Session,
    *,
    currency: str | None,
    ages: Sequence[Finding],
    log: bool,
) -> tuple[Finding, ...]:
    """Every fault with what was done about it, in the order of the data-quality page."""
    total = rows.count()
    small = total <= ROWS_LOOKED_AT
    return (
        *(_repeats(rows, roles, total, session) if small and not log else ()),
        *_unused_columns(roles, currency),
        *_missing_values(rows, roles, total, session),
        *ages,
        *(_later_dates(rows, roles, reference, session) if not log else ()),
        *(_far_outliers(rows, roles, total, session) if not log else ()),
        *(_rare_categories(rows, roles, total, session) if not log else ()),
    )


def _repeats(rows: Relation, roles: Mapping[str, Role], total: int, session: Session) -> Iterator[Finding]:
    ids = columns_with(roles, "id")
    others = ", ".join(name_of(name) for name in rows.columns if name not in ids)
    if not others:
        return
    distinct = session.query(f"SELECT count(*) FROM (SELECT DISTINCT {others} FROM {name_of(rows.name)})")[0][0]
    if total > distinct:
        what = "Rows that are equal but for the id" if ids else "Rows that are equal"
        yield Finding("DQ001", what, total - distinct, "kept: they may be different people")


def _unused_columns(roles: Mapping[str, Role], currency: str | None) -> Iterator[Finding]:
    kinds: tuple[tuple[str, RoleName, str], ...] = (
        ("DQ002", "constant", "Columns with one value only"),
        ("DQ003", "missing", "Columns without any value"),
        ("DQ009", "text", "Columns of free text"),
        ("DQ004", "near-unique", "Columns with a key in every row"),
    )
    for code, kind, text in kinds:
        columns = _all_but(columns_with(roles, kind), currency)
        if columns:
            yield Finding(code, text, len(columns), f"{_some(columns)}: not used")


def _missing_values(rows: Relation, roles: Mapping[str, Role], total: int, session: Session) -> Iterator[Finding]:
    names = [name for name, role in roles.items() if role.role not in ("missing", "birth-year", "id", "text")]
    if not names:
        return
    present = session.query(f"SELECT {', '.join(f'count({name_of(n)})' for n in names)} FROM {name_of(rows.name)}")[0]
    for name, count in zip(names, present, strict=True):
        if count < total:
            done = "left out of its average; at the median to form segments"
            if roles[name].role in (*CATEGORY_ROLES, "date", "flag", "response", "product", "invoice"):
                done = "left out of its shares; not used to form segments"
            yield Finding("DQ006", f"Missing: {roles[name].label}", total - int(count), done)


def _later_dates(
    rows: Relation, roles: Mapping[str, Role], reference: date | datetime | None, session: Session
) -> Iterator[Finding]:
    for column in columns_with(roles, "date") if reference else ():
        where = f"{name_of(column)} >= TIMESTAMP '{reference.isoformat() if reference else ''}'"
        later = int(session.query(f"SELECT count(*) FROM {name_of(rows.name)} WHERE {where}")[0][0])
        if later:
            done = f"{roles[column].label}: their days are left out of the averages"
            yield Finding("DQ013", "Dates after the reference date", later, done)


def _far_outliers(rows: Relation, roles: Mapping[str, Role], total: int, session: Session) -> Iterator[Finding]:
    names = columns_with(roles, "income", "value", "number", "score", "orders")
    fences = _fences(rows, names, total, session)
    if not fences:
        return
    beyond = ", ".join(f"count({c}) FILTER ({c} > {fence!r}), max({c})" for c, fence in _quoted(fences))
    found = session.query(f"SELECT {beyond} FROM {name_of(rows.name)}")[0]
    for place, name in enumerate(fences):
        far, largest = found[2 * place], found[2 * place + 1]
        if 0 < far <= max(1, FEW_FAR_OUT * total):
            done = "up to {0}: real in every figure, drawn in only to form segments"
            unit: Unit = "money" if roles[name].role in ("income", "value") else "number"
            text = f"Far beyond the rest: {roles[name].label}"
            yield Finding("DQ007", text, int(far), done, "count", ((float(largest), unit),))


def _fences(rows: Relation, names: Sequence[str], total: int, session: Session) -> dict[str, float]:
    """Where far out begins, for every column that has figures."""
    table = name_of(rows.name)
    first = table if total <= ROWS_LOOKED_AT else f"(FROM {table} LIMIT {ROWS_LOOKED_AT})"
    asked = ", ".join(f"quantile_cont({name_of(name)}, [0.25, 0.75])" for name in names)
    quartiles = session.query(f"SELECT {asked} FROM {first}")[0] if names else ()
    found = {name: pair for name, pair in zip(names, quartiles, strict=True) if pair is not None}
    return {name: float(high + FAR_OUT * (high - low)) for name, (low, high) in found.items()}


def _quoted(fences: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    return ((name_of(name), fence) for name, fence in fences.items())


def _rare_categories(rows: Relation, roles: Mapping[str, Role], total: int, session: Session) -> Iterator[Finding]:
    for name in columns_with(roles, *CATEGORY_ROLES):
        column = name_of(name)
        counted = f"SELECT {column}, count(*) AS n FROM {name_of(rows.name)} WHERE {column} IS NOT NULL GROUP BY 1"
        rare = session.query(f"SELECT * FROM ({counted}) WHERE n < {RARE * total!r} ORDER BY 1")
        if 0 < len(rare) <= 10:
            names, people = _some([str(word) for word, _ in rare]), sum(int(count) for _, count in rare)
            yield Finding("DQ008", f"Rare in {roles[name].label.lower()}", people, f"{names}: shown as they are")


def _all_but(columns: list[str], currency: str | None) -> list[str]:
    """The columns without the one that names the currency, which is used."""
    return [column for column in columns if not (currency and "currency" in column.lower())]


def _some(names: list[str], most: int = 4) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
