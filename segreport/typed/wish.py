"""What is known of how a table writes figures and dates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wish:
    """What the user, or the rest of the table, says of the conventions."""

    decimal: str | None = None
    date_order: str | None = None
