"""What every chart is drawn from: the profile, the segmentation, the story and its facts."""

from __future__ import annotations

from collections.abc import Iterable

from segreport.domain import (
    PATTERN_FROM,
    STABLE_FROM,
    VERY_STABLE_FROM,
    Fact,
    Measure,
    Profile,
    Segment,
    Segmentation,
    Series,
    Story,
    Table,
)
from segreport.formatting import Formats


class Book:
    """One profile and the story told of it."""

    def __init__(
        self, profile: Profile, segmentation: Segmentation, story: Story, tables: tuple[Table, ...], formats: Formats
    ) -> None:
        self._tables = {table.name: table for table in tables}
        self.profile, self.segmentation, self.story, self.formats = profile, segmentation, story, formats
        self.segments, self.facts = story.segments, story.facts
        self.measures = {m.column: m for m in profile.measures}
        self.value_name = self.say("value_name")
        self.shorts = tuple(s.short for s in story.segments)

    def shown_in(self, table: str) -> list[Measure]:
        """The measures of a table, in the order of its rows."""
        return [self.measures[str(row[0])] for row in self._tables[table].rows]

    def overlap(self, segment: Segment) -> Series:
        """The segment's mean Jaccard overlap."""
        return Series(
            segment.short, (segment.jaccard,), labels=(self.text(f"segment.{segment.id}.jaccard"),), segment=segment.id
        )

    def cuts(self) -> tuple[str, ...]:
        """The edges of what an overlap is called: a pattern, stable, very stable (Hennig 2007)."""
        return tuple(self.formats.number(edge, 2) for edge in (PATTERN_FROM, STABLE_FROM, VERY_STABLE_FROM))

    def say(self, section: str) -> str:
        """The sentence of a section."""
        return next((s.text for s in self.story.sentences if s.section == section), "")

    def text(self, id_: str) -> str:
        """The text of a fact, or a dash where the data does not have it."""
        fact: Fact | None = self.facts.get(id_)
        return fact.text if fact else "–"

    def hero(self) -> int:
        """The segment whose share of value is furthest above its share of customers."""
        return max(
            self.segments, key=lambda s: ((s.value_share if s.value_share is not None else s.share) - s.share, -s.id)
        ).id

    def alt(self, kind: str, told: Iterable[tuple[str, str]], tail: str = "") -> str:
        """What the chart says to those who cannot see it: kind, then figures, 60 to 300 characters."""
        pairs = list(told)
        text = f"{kind}. " + "; ".join(f"{name}: {figure}" for name, figure in pairs)
        while len(text) > 280 and len(pairs) > 2:
            pairs.pop()
            tail = tail or "all values in the table"
            text = f"{kind}. " + "; ".join(f"{name}: {figure}" for name, figure in pairs)
        return f"{text}; {tail}." if tail else f"{text}."


def texts(facts: list[Fact]) -> tuple[str, ...]:
    """What the facts print as."""
    return tuple(fact.text for fact in facts)
