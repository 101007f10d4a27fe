"""Roles that the user sets, checked against the table before they win."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import get_args

from segreport.domain import CATEGORY_ROLES, SET_BY_HAND, Column, Role, RoleName
from segreport.errors import ConfigError
from segreport.roles.evidence import own_label
from segreport.roles.names import label_of, read_name

ROLES: tuple[str, ...] = get_args(RoleName)
_OF_ANY_KIND = {"id", "constant", "near-unique", "text", "missing", "invoice", "product", "product-category"}
_NUMERIC = frozenset(ROLES) - _OF_ANY_KIND - {"date", *CATEGORY_ROLES}


def check_choice(columns: Mapping[str, Column], overrides: Mapping[str, str], id_column: str | None) -> dict[str, str]:
    """The user's roles, with the id named by ``id_column``; raises ConfigError for one that cannot be."""
    chosen = dict(overrides)
    if id_column is not None:
        chosen = {name: text for name, text in chosen.items() if text.strip() != "id"} | {id_column: "id"}
    for name, text in chosen.items():
        _check_names(columns, name, text)
        _check_kind(columns[name], text)
    ids = [name for name, text in chosen.items() if text.strip() == "id"]
    if len(ids) > 1:
        raise ConfigError(f"columns {ids[0]!r} and {ids[1]!r} are both set as the id", "keep one of them")
    return chosen


def apply_choice(name: str, text: str, found: Role, label: str) -> Role:
    """The role that the user gives a column; where it is the one found, that one with its reason."""
    role, _, topic = (part.strip() for part in text.partition(":"))
    if role == found.role and topic.casefold() in ("", found.topic.casefold()):
        return found
    own = topic or own_label(role, read_name(name), read_name(name).topic)
    return Role(role, SET_BY_HAND, own or label or label_of(name), topic)  # type: ignore[arg-type]


def _check_names(columns: Mapping[str, Column], name: str, text: str) -> None:
    if name not in columns:
        raise ConfigError(f"there is no column {name!r}", _nearest(name, columns, "the columns are"))
    role = text.partition(":")[0].strip()
    if role not in ROLES:
        raise ConfigError(f"column {name!r}: unknown role {text!r}", _nearest(role, ROLES, "roles are"))


def _check_kind(column: Column, text: str) -> None:
    """Refuse a role that needs numbers or dates for a column that has none."""
    role = text.partition(":")[0].strip()
    needs = "date" if role == "date" else "number" if role in _NUMERIC else column.kind
    if column.kind == needs:
        return
    cause = f"column {column.name!r} cannot be {role!r}: its cells are not all {needs}s"
    example = next((value for value, _ in column.common), column.first or "")
    raise ConfigError(cause, f"it holds {example[:40]!r}, for example" if example else "every cell of it is empty")


def _nearest(name: str, known: Iterable[str], otherwise: str) -> str:
    """The nearest of the names there are, else all of them."""
    names = list(known)
    folded = {other.casefold(): other for other in names}
    near = difflib.get_close_matches(name.casefold(), folded, n=1)
    return f"did you mean {folded[near[0]]}?" if near else f"{otherwise} {', '.join(names)}"
