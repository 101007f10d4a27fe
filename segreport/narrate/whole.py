"""The report as one thing to speak of: its numbers, its segments by name, and the questions every sentence asks."""

from __future__ import annotations

from dataclasses import dataclass

from segreport.domain import (
    CLEAR_FROM,
    STABLE_FROM,
    WEAK_FROM,
    CleaningStep,
    Fact,
    Finding,
    Lack,
    Measure,
    Profile,
    Segment,
    Segmentation,
    Source,
)
from segreport.formatting import count_word
from segreport.narrate.facts import FactBook
from segreport.narrate.say import Slot, lower_first

GLANCE_ROWS = 16


@dataclass(frozen=True)
class Whole:
    """All that is needed to speak of the report as a whole."""

    profile: Profile
    segmentation: Segmentation
    source: Source
    ledger: tuple[CleaningStep, ...]
    book: FactBook
    shorts: dict[int, str]
    value_name: str
    lacks: tuple[Lack, ...]
    findings: tuple[Finding, ...]
    as_of: str | None
    order: tuple[int, ...]
    """The segments by the priority of their first advice."""

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The segments, in order."""
        return self.profile.segments

    @property
    def none(self) -> bool:
        """Whether the data hold no segments."""
        return self.segmentation.verdict == "none"

    def of(self, segment: Segment, name: str) -> Fact:
        """A fact of a segment."""
        return self.book[f"segment.{segment.id}.{name}"]

    def slots(self, segment: Segment) -> dict[str, Slot]:
        """The words and shares of a segment, for a sentence."""
        slots: dict[str, Slot] = {"short": lower_first(self.shorts[segment.id]), "share": self.of(segment, "share")}
        if segment.value_share is not None:
            slots["value_share"] = self.of(segment, "value.share")
        return slots

    def n(self) -> str:
        """The number of segments in words."""
        return self.word(self.segmentation.k)

    def word(self, n: int) -> str:
        """A small number in words."""
        return count_word(n, self.book.formats)

    def hero(self) -> Segment | None:
        """The segment whose share of value is furthest above its share of customers."""
        if self.profile.value is None or any(s.value_share is None for s in self.segments):
            return None
        return max(self.segments, key=lambda s: ((s.value_share or 0.0) - s.share, -s.id))

    def by_value(self) -> list[Segment]:
        """The segments, the most valuable first."""
        return sorted(self.segments, key=lambda s: (-(s.value_share if s.value_share is not None else s.share), s.id))

    def largest_gap(self) -> float:
        """The largest difference between a segment's share of value and its share of customers."""
        return max(abs((s.value_share or 0.0) - s.share) for s in self.segments)

    def stands_apart(self) -> bool:
        """Whether this very cut is clear: not only the best that the data hold."""
        own = next(s.excess for s in self.segmentation.scores if s.k == self.segmentation.k)
        return self.segmentation.verdict == "clear" and own >= CLEAR_FROM

    def best_k(self) -> int:
        """The number of segments that stands furthest above data without structure."""
        return max(self.segmentation.scores, key=lambda s: s.excess).k

    def fits(self) -> bool:
        """Whether the number of segments at hand still stands above data without structure."""
        own = next(s.excess for s in self.segmentation.scores if s.k == self.segmentation.k)
        return own >= WEAK_FROM

    def all_come_back(self) -> bool:
        """Whether every segment comes back in resamples, those aside that are too small to say."""
        return all(s.jaccard >= STABLE_FROM or s.stability == "tiny" for s in self.segments)

    def eta(self, column: str) -> float:
        """How much of a measure the segments explain."""
        return self.segments[0].columns[column].eta2 or 0.0

    def spoken(self) -> tuple[Measure, ...]:
        """The measures worth a headline: the ones segments are made from, and value."""
        named = set(self.segmentation.features) | ({self.profile.value} if self.profile.value else set())
        shown = shown_columns(self.profile)
        return tuple(m for m in self.profile.measures if m.column in named and m.column in shown)


def shown_columns(profile: Profile) -> list[str]:
    """The measures that fit on a page: the ones that differ most between the segments, in print order."""
    measures = [m for m in profile.measures if not m.aside]
    by_difference = sorted(measures, key=lambda m: -(profile.segments[0].columns[m.column].eta2 or 0.0))
    keep = {m.column for m in by_difference[:GLANCE_ROWS]} | ({profile.value} if profile.value else set())
    return [m.column for m in measures if m.column in keep][:GLANCE_ROWS]
