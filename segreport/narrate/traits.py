"""What sets a segment apart, by role and effect size: no word below a distance of 0.2 standard deviations."""

from __future__ import annotations

import re
from dataclasses import dataclass

from segreport.domain import Measure, Profile, Segment, Trait

NOTABLE, FAR = 0.2, 0.8
TOP_VALUE, LOW_VALUE = 1.5, 0.6
CONFIDENT = 4.0
"""A mean must also lie this many standard errors from the average before it is spoken of."""


_KIND = re.compile(r"([\w-]+)(?:\[(.+)\])?:(\w+)")


@dataclass(frozen=True)
class Reading:
    """The traits of one segment, ready to be asked: the strongest product, channel and so on, high or low."""

    segment: Segment
    traits: tuple[Trait, ...]
    value: str

    def first(self, kind: str) -> Trait | None:
        """The strongest trait of the kind, such as ``spend:high``, ``deals:low`` or ``channel[catalogue]:low``."""
        return next(iter(self.every(kind)), None)

    def every(self, kind: str) -> list[Trait]:
        """All traits of the kind, the strongest first."""
        match = _KIND.fullmatch(kind)
        role, topic, side = match.groups() if match else (kind, None, "")
        return [t for t in self.traits if t.id == f"{role}:{side}" and (topic is None or t.topic == topic)]

    def has(self, kind: str) -> bool:
        """Whether the segment has a trait of the kind; ``value:top`` and the like ask for its level of value."""
        return kind == f"value:{self.value}" if kind.startswith("value:") else self.first(kind) is not None


def read_traits(profile: Profile, segment: Segment) -> Reading:
    """The segment's traits, the largest distances first; a tiny segment has none."""
    if segment.stability == "tiny":
        return Reading(segment, (), _value_level(profile, segment))
    found = [_trait(measure, segment) for measure in profile.measures if not measure.aside]
    traits = sorted((trait for trait in found if trait is not None), key=lambda trait: (-abs(trait.z), trait.column))
    return Reading(segment, tuple(traits), _value_level(profile, segment))


def _trait(measure: Measure, segment: Segment) -> Trait | None:
    stats = segment.columns[measure.column]
    if stats.z is None or abs(stats.z) < NOTABLE or not stats.n:
        return None
    if abs(stats.z) * stats.n**0.5 < CONFIDENT:
        return None
    side = "high" if stats.z > 0 else "low"
    strength = "far " if abs(stats.z) >= FAR else ""
    where = "above" if side == "high" else "below"
    return Trait(
        f"{measure.role}:{side}",
        f"{measure.label} {strength}{where} the average",
        measure.column,
        stats.z,
        measure.topic,
    )


def _value_level(profile: Profile, segment: Segment) -> str:
    """Top, middle or low by the ratio of the segment's value per customer to that of all; unknown without money."""
    if profile.value is None or segment.value_share is None:
        return "unknown"
    ratio = segment.value_share / segment.share
    return "top" if ratio >= TOP_VALUE else "low" if ratio <= LOW_VALUE else "middle"
