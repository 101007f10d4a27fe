"""The few words that types are made from: units, verdicts, roles."""

from __future__ import annotations

from typing import Literal

Unit = Literal["count", "share", "money", "money_total", "number", "years", "days", "z", "score", "ratio", "text"]
Verdict = Literal["clear", "weak", "none"]
ColumnKind = Literal["number", "date", "text", "missing"]
Stability = Literal["stable", "pattern", "unstable", "tiny"]
RoleName = Literal[
    "id",
    "date",
    "constant",
    "near-unique",
    "text",
    "category",
    "flag",
    "number",
    "missing",
    "income",
    "birth-year",
    "age",
    "children",
    "spend",
    "channel",
    "deals",
    "visits",
    "recency",
    "response",
    "complaint",
    "value",
    "orders",
    "score",
    "invoice",
    "product",
    "product-category",
    "amount",
    "quantity",
    "unit-price",
    "education",
    "marital-status",
    "gender",
    "region",
]
CATEGORY_ROLES: tuple[RoleName, ...] = ("category", "education", "marital-status", "gender", "region")
"""Roles of columns whose values are counted."""

NEVER_MEASURED: tuple[RoleName, ...] = (
    *CATEGORY_ROLES,
    *("id", "constant", "near-unique", "text", "missing"),
    *("invoice", "product", "product-category", "amount", "quantity", "unit-price"),
)
"""Roles of columns that are no figure of a customer."""

CLEAR_FROM, WEAK_FROM = 0.15, 0.06
"""Structure is called clear, and weak, from these excesses of the centroid silhouette over data without structure."""

SET_BY_HAND = "set in the configuration"
"""Why a column has a role that the user gave it."""

PATTERN_FROM, STABLE_FROM, VERY_STABLE_FROM = 0.6, 0.75, 0.85
"""A segment is a pattern, stable, very stable from these mean Jaccard overlaps with resamples (Hennig 2007)."""
