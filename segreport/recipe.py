"""A commented segreport.toml for a table: what was detected, and every setting with what it does."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

from pydantic import BaseModel

from segreport.config import CONFIG_NAME, RunConfig
from segreport.domain import Role, columns_with
from segreport.inspection import Inspection

_HEAD = """\
# {config}: how segreport run {file} makes its report.
# A line with a blank behind the # is a remark. A line without it is a setting at its default, or an example:
# take the # away, and change it. What is not set is detected anew in every run.
"""
_SECTIONS = {
    "report": "What the report is called, and how figures are written.",
    "input": "How the table is read. {read}",
    "roles": "What every column means: column = role. Where a file does not fit these any more, the run is refused.",
    "derive": "New columns, an SQL expression over a row each.",
    "clean": "Which rows are used, and what is done about cells that cannot be right.",
    "segment": "What the segments are made from, and how.",
    "names": "Your own names of segments, by their number.",
    "outputs": "Which files, and where.",
    "templates": "Your own templates; paths begin at this file.",
}
_KEYS = {
    "report.name": "Name of the report; folders are called by it.",
    "report.title": "Title in print.",
    "report.locale": "How figures and dates are written: en_GB, de_DE, fr_FR.",
    "report.currency": "Currency of money, as a code.",
    "input.id": "The column that tells customers apart.",
    "input.as_of": "The day that ages and recency are counted to.",
    "input.delimiter": "What parts the cells: comma, semicolon, tab, pipe, or the mark itself.",
    "input.encoding": "How letters are stored: utf-8, cp1252, latin-1.",
    "input.decimal": "The decimal mark, . or ,",
    "input.date_order": "The order of dates: DMY, MDY, YMD.",
    "input.skip_rows": "Lines above the header.",
    "input.sheet": "Sheet of the workbook.",
    "input.query": "What to ask the database.",
    "input.table": "Table of the database.",
    "input.timeout": "Seconds that a database may take.",
    "clean.where": "Use only the rows for which this SQL expression holds.",
    "clean.missing_ids": "Rows without a customer: drop or keep.",
    "clean.duplicates": "Rows equal in every column: drop all but the first, or keep.",
    "clean.repeated_ids": "Rows of an id seen before: use the first, or refuse the table.",
    "clean.cancellations": "Cancelled purchases: drop or keep.",
    "clean.nonpositive": "Purchases with a quantity or a price of zero or less: drop or keep.",
    "clean.future": "Purchases after the reference date: drop or keep.",
    "clean.ages": "Ages above 100 or below 0: taken as missing, or keep.",
    "clean.missing": "Missing figures, to form segments only: median, or drop the row.",
    "clean.outliers": "Figures far beyond the rest, to form segments only: winsorise (draw in), or keep.",
    "clean.cap": "Draw a column in to a quantile, to form segments only.",
    "segment.method": "How to segment: kmeans.",
    "segment.k": "How many segments: auto, a number, or a range such as 3-6.",
    "segment.features": "Columns that form segments.",
    "segment.transform": "auto: logarithms where figures are skewed; none.",
    "segment.scale": "zscore: every column counts the same; none.",
    "segment.n_init": "Starts; the best of them is used.",
    "segment.seed": "Seed of every random step.",
    "segment.k_max": "The most segments that are tried.",
    "outputs.formats": "Documents to make.",
    "outputs.folder": "Where folders of reports are made.",
    "templates.brief": "The PDF brief: a folder or an HTML file.",
    "templates.deck": "The PowerPoint deck.",
    "templates.workbook": "The Excel workbook.",
    "templates.playbook": "The rules of advice.",
    "templates.brand": "Accent, paper, page and palette.",
}
_OBSERVED = ("constant", "missing")
"""Roles that say how a column happens to be this time."""
_WITH_TOPIC = ("spend", "channel")
_EXAMPLES = {
    "templates.brief": "brief",
    "templates.deck": "company.pptx",
    "templates.workbook": "company.xlsx",
    "templates.playbook": "playbook.toml",
    "templates.brand": "brand.toml",
}
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_REMARK_FROM, _LONGEST_LINE = 42, 80


def write_recipe(seen: Inspection, config: RunConfig) -> str:
    """The text of a segreport.toml with which a run gives the same report as without; what ``config`` sets is set."""
    parts = [_HEAD.format(config=CONFIG_NAME, file=_remark(seen.source.file))]
    for section, about in _SECTIONS.items():
        lines = "\n".join(_lines(section, seen, config))
        parts.append(f"[{section}]\n# {about.format(read=_how_read(seen))}\n{lines}\n")
    return "\n".join(parts)


def _lines(section: str, seen: Inspection, config: RunConfig) -> Iterator[str]:
    if section == "roles":
        yield from _roles(seen.roles)
    elif section == "derive":
        yield _example(seen)
    elif section == "names":
        yield _setting("1", "Regulars", "An example.")
    else:
        yield from _settings(section, seen, config)


def _roles(roles: Mapping[str, Role]) -> Iterator[str]:
    for name, role in roles.items():
        text = f"{role.role}:{role.topic}" if role.role in _WITH_TOPIC and role.topic else role.role
        yield _setting(name, text, role.why, holds=role.role not in _OBSERVED)


def _settings(section: str, seen: Inspection, config: RunConfig) -> Iterator[str]:
    """Every key of a section: set where the user set it, else as a remark with its default or what was detected."""
    model: BaseModel = getattr(config, section)
    detected = _detected(seen, config)
    asks_database = bool({"query", "table"} & set(seen.source.dialect))
    for key in type(model).model_fields:
        place = f"{section}.{key}"
        set_by_user = key in model.model_fields_set
        value = getattr(model, key) if set_by_user else detected.get(place, getattr(model, key))
        empty = value is None or value in ("", (), {})
        if empty or (key == "timeout" and not set_by_user and not asks_database):
            continue
        yield _setting(key, value, _KEYS[place], holds=set_by_user)


def _detected(seen: Inspection, config: RunConfig) -> dict[str, object]:
    """What stands in for a default that is found in the table, and examples that fit it."""
    dialect, outline = seen.source.dialect, seen.outline
    ids, features = columns_with(seen.roles, "id"), outline.features if outline else ()
    found: dict[str, object] = {
        "report.name": config.name,
        "report.title": config.title,
        "report.currency": seen.formats.currency,
        "input.id": ids[0] if ids else None,
        "input.as_of": date.fromisoformat(seen.as_of[:10]) if seen.as_of else None,
        "input.encoding": _codec(dialect.get("encoding", "")) if "delimiter" in dialect else None,
        "input.delimiter": dialect.get("delimiter") if dialect.get("delimiter") != "none" else None,
        "input.decimal": ("," if dialect.get("decimal") == "comma" else ".") if "delimiter" in dialect else None,
        "input.date_order": _date_order(seen),
        "clean.where": _condition(seen),
        "clean.cap": {features[0]: 0.99} if features else None,
        "segment.features": features,
    }
    found |= {f"input.{key}": dialect[key] for key in ("sheet", "query", "table") if key in dialect}
    return found | {place: Path(name) for place, name in _EXAMPLES.items()}


def _codec(words: str) -> str | None:
    name = words.split(" ")[0].rstrip(",")
    try:
        codecs.lookup(name)
    except LookupError:
        return None
    return name


def _date_order(seen: Inspection) -> str | None:
    """The order of the dates whose order can be doubted, else of any."""
    orders = {column.reading for column in seen.columns.values() if column.kind == "date" and column.reading}
    doubtful = sorted(orders & {"DMY", "MDY"}) or sorted(orders & {"YMD"})
    return doubtful[0] if len(doubtful) == 1 else None


def _numbers(seen: Inspection) -> list[str]:
    """Columns that examples can be made of, those without a gap first."""
    measured = columns_with(seen.roles, "income", "value", "spend", "amount", "orders", "number", "score", "age")
    own = [name for name in measured if name in seen.columns and seen.columns[name].kind == "number"]
    return sorted(own, key=lambda name: seen.columns[name].missing > 0)


def _condition(seen: Inspection) -> str | None:
    name = next(iter(_numbers(seen)), None)
    return f"{_sql(name)} <= {seen.columns[name].high:.15g}" if name else None


def _example(seen: Inspection) -> str:
    """An expression over columns that the table has."""
    factors = [_sql(name) for name in columns_with(seen.roles, "quantity", "unit-price")]
    if len(factors) == 2 and not columns_with(seen.roles, "amount"):
        return _setting(_free("amount", seen), " * ".join(factors), "An example.")
    names = [_sql(name) for name in _numbers(seen)[:2]]
    expression = f"{names[0]} / nullif({names[1]}, 0)" if len(names) > 1 else "0"
    return _setting(_free("ratio", seen), expression, "An example.")


def _free(name: str, seen: Inspection) -> str:
    """The name, or one like it that no column has."""
    taken = {column.lower() for column in seen.roles}
    return next(free for free in (name, *(f"{name}_{n}" for n in range(2, len(taken) + 3))) if free not in taken)


def _how_read(seen: Inspection) -> str:
    return _remark(f"Read as {seen.source.how}." if seen.source.dialect else "")


def _setting(key: str, value: object, about: str, *, holds: bool = False) -> str:
    """A line of TOML with its remark; without effect unless it holds."""
    line = f"{'' if holds else '#'}{_key(key)} = {_toml(value)}"
    if len(line) > _LONGEST_LINE:
        return f"# {_remark(about)}\n{line}"
    return f"{line:<{_REMARK_FROM}}  # {_remark(about)}"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _toml(name)


def _toml(value: object) -> str:
    """The value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_toml(below)}" for key, below in value.items()) + " }"
    if '"' in str(value) and not re.search(r"['\x00-\x1f\x7f]", str(value)):
        return f"'{value}'"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", text) + '"'


def _remark(text: str) -> str:
    """The text in one line, without what a TOML comment may not hold."""
    return re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", text).strip()


def _sql(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
