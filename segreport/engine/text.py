"""Names and texts as they stand in SQL."""

from __future__ import annotations


def name_of(column: str) -> str:
    """A column's or table's name, quoted."""
    return '"' + column.replace('"', '""') + '"'


def text_of(value: str) -> str:
    """A text, quoted."""
    return "'" + value.replace("'", "''") + "'"
