"""The few words that types are made from: units, verdicts, roles."""

from __future__ import annotations

from typing import Literal

Unit = Literal["count", "share", "money", "money_total", "number", "years", "days", "z", "score", "ratio", "text"]
Verdict = Literal["clear", "weak", "none"]
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
]

CLEAR_FROM, WEAK_FROM = 0.15, 0.06
"""Structure is called clear, and weak, from these excesses of the centroid silhouette over data without structure."""
