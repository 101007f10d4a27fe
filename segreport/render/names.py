"""Every name that a template may use, for the check before a run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

MANY = frozenset({"in_short", "first_actions", "limits", "lacks", "relations", "gaps", "rely", "help"})
"""The sections of the story that are lists of sentences; every other one is a single sentence."""


def known_names(columns: Iterable[str]) -> dict[str, tuple[str, ...] | None]:
    """Every name and attribute that a template may use, for the check before a run; columns are the data's."""
    own = tuple(slug(column) for column in columns)
    return {
        "report": _INFO_NAMES,
        "brand": ("accent", "paper", "page", "report_line", "logo"),
        "verdict": ("key", "dots", "word", "text"),
        "segment": (*_SEGMENT_NAMES, *own),
        "all": ("size", "value", "value_mean", *own),
        "loop": None,
        **dict.fromkeys(("segments[]", "by_value[]", "rest[]"), (*_SEGMENT_NAMES, *own)),
        **_ELEMENT_NAMES,
        "story": _STORY_NAMES,
        "chart": _CHART_NAMES,
        **dict.fromkeys(
            ("segment.chart", "segments[].chart", "by_value[].chart", "rest[].chart"),
            ("distinct", "distributions", "stability"),
        ),
        **dict.fromkeys(
            (
                "figures",
                "segments",
                "by_value",
                "rest",
                "measures",
                "overview",
                "recommendations",
                "cleaning",
                "findings",
                "reading",
                "correlations",
                "spreads",
                "method",
                "contents",
                "table",
                "warnings",
            )
        ),
    }


def slug(column: str) -> str:
    """The name of a data column inside a template: lower case, every other character an underscore."""
    return re.sub(r"\W+", "_", column.strip().lower()).strip("_") or "column"


_INFO_NAMES = (
    "title",
    "name",
    "period",
    "line",
    "source_line",
    "lang",
    "locale",
    "currency",
    "sign",
    "value_name",
    "page",
    "head",
    "segments",
    "has_value",
    "as_of",
)
_SEGMENT_NAMES = (
    "id",
    "name",
    "short",
    "sheet",
    "size",
    "share",
    "value",
    "value_share",
    "value_mean",
    "ratio",
    "jaccard",
    "color",
    "text_color",
    "on_color",
    "stability",
    "tiny",
    "reliable",
    "persona",
    "headline",
    "summary",
    "in_short",
    "action",
    "sure",
    "figures",
    "rows",
    "recommendations",
    "accounts",
    "chart",
    "hero",
)


_STORY_NAMES = (
    "read_as",
    *sorted(MANY), "headline", "standfirst", "verdict", "figures", "summary", "size_value", "glance", "actions",
    "method", "cleaning", "why", "reason", "map", "map_note", "stability", "sure", "noise", "noise_note", "apart",
    "source_line", "value_name", "quality", "exploration", "spreads", "together",
)  # fmt: skip
_CHART_NAMES = (
    "segment_sizes", "value_share", "profile", "elbow", "silhouette", "map", "stability", "noise", "mix",
    "distributions", "correlations",
)  # fmt: skip
_ELEMENT_NAMES: Mapping[str, tuple[str, ...]] = {
    "figures[]": ("text", "label", "fact"),
    "measures[]": ("title", "rows"),
    "recommendations[]": ("segment", "rank", "rule", "action", "because", "watch", "mind", "priority"),
    "cleaning[]": ("rule", "rows", "text", "note", "total"),
    "method[]": ("label", "text"),
    "reading[]": ("label", "text"),
    "correlations[]": ("label", "cells"),
    "spreads[]": ("label", "cells"),
    "contents[]": ("sheet", "text"),
    "findings[]": ("code", "text", "amount", "value", "done"),
    "warnings[]": ("code", "text"),
}
"""What a loop over a list gives, for the check before a run."""
