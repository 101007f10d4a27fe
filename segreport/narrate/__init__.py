"""Profile -> Story: names, traits, advice and sentences, every one of them carrying the facts it states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from segreport.domain import (
    Note,
    Profile,
    Recommendation,
    Report,
    Segment,
    Segmentation,
    Sentence,
    Story,
    Table,
)
from segreport.narrate.explore import tell_exploration
from segreport.narrate.explore_tables import build_exploration
from segreport.narrate.facts import FactBook, collect_facts
from segreport.narrate.names import name_segments, number_cuts
from segreport.narrate.playbook import Playbook, advise, rank
from segreport.narrate.say import lower_first, say_with_lead
from segreport.narrate.segments import Teller, tell_segment
from segreport.narrate.story import tell_whole
from segreport.narrate.tables import build_tables
from segreport.narrate.telling import Telling
from segreport.narrate.traits import read_traits
from segreport.narrate.whole import Whole

__all__ = ["Telling", "narrate", "retell"]

IN_SHORT, FIRST_ACTIONS = 4, 3


def narrate(profile: Profile, segmentation: Segmentation, telling: Telling) -> tuple[Story, tuple[Table, ...]]:
    """The words of the report and its tables."""
    book = collect_facts(profile, segmentation, telling.source, telling.ledger, telling.formats)
    readings = tuple(read_traits(profile, segment) for segment in profile.segments)
    none = segmentation.verdict == "none"
    names = number_cuts(profile) if none else name_segments(profile, readings, telling.names)
    value_name = _value_name(profile)
    tellers = [
        Teller(profile, segmentation, book, reading, *names[reading.segment.id], value_name) for reading in readings
    ]
    spoken = {t.segment.id: tell_segment(t) for t in tellers}
    segments = _named(profile, tellers, spoken, telling.playbook, book, none=none)
    shorts = {segment.id: segment.short for segment in segments}
    whole = tell_whole(
        Whole(
            profile,
            segmentation,
            telling.source,
            telling.ledger,
            book,
            shorts,
            value_name,
            telling.lacks,
            telling.findings,
            telling.as_of,
            tuple(s.id for _, s in _by_priority(segments)),
        )
    )
    explored = tell_exploration(telling.exploration, profile.measures, telling.roles, book)
    sentences = (*whole, *explored, *_per_segment(spoken, segments, segmentation))
    named = replace(profile, segments=segments)
    traits = {segment.id: segment.traits for segment in segments}
    tables = (
        *build_tables(named, segmentation, traits, telling),
        *build_exploration(telling.exploration, profile.measures, telling.roles, explored),
    )
    return Story(segments, book.facts, sentences, tuple(_warnings(profile, segments, segmentation))), tables


def retell(report: Report) -> Profile:
    """The profile of a saved report, its words taken off, ready to be told again."""
    bare = tuple(replace(s, name="", short="", traits=(), persona="", recommendations=()) for s in report.segments)
    return replace(report.profile, segments=bare)


def _value_name(profile: Profile) -> str:
    if profile.value is None:
        return ""
    measure = next(m for m in profile.measures if m.column == profile.value)
    return lower_first(measure.label)


def _named(
    profile: Profile,
    tellers: list[Teller],
    spoken: dict[int, list[Sentence]],
    playbook: Playbook,
    book: FactBook,
    *,
    none: bool,
) -> tuple[Segment, ...]:
    advice = {t.segment.id: () if none else advise(playbook, profile, t.reading, book, t.short) for t in tellers}
    advice = _varied(advice)
    best = max((a.priority for found in advice.values() for a in found), default=0.0)
    return tuple(
        replace(
            t.segment,
            name=t.name,
            short=t.short,
            traits=t.reading.traits,
            persona=next(s.text for s in spoken[t.segment.id] if s.section.endswith(".persona")),
            recommendations=tuple(replace(a, level=rank(a.priority, best)) for a in advice[t.segment.id]),
        )
        for t in tellers
    )


def _varied(advice: Mapping[int, tuple[Recommendation, ...]]) -> dict[int, tuple[Recommendation, ...]]:
    """The same advice in another order: no two segments begin with the same words if they need not."""
    begun: set[str] = set()
    varied = {}
    for number in sorted(advice, key=lambda n: (-max((a.priority for a in advice[n]), default=0.0), n)):
        first = next((a for a in advice[number] if a.action not in begun), None)
        rest = [a for a in advice[number] if a is not first]
        varied[number] = (first, *rest) if first else advice[number]
        begun |= {a.action for a in varied[number][:1]}
    return varied


def _per_segment(
    spoken: dict[int, list[Sentence]], segments: tuple[Segment, ...], segmentation: Segmentation
) -> list[Sentence]:
    """The segments' own sentences, and what page one takes of them: the most valuable in short, what to do first."""
    by_value = sorted(segments, key=lambda s: (-(s.value_share if s.value_share is not None else s.share), s.id))
    sentences: list[Sentence] = []
    for segment in segments:
        own = f"segment.{segment.id}."
        sentences += [
            replace(s, section=f"{own}in_short") if s.section == "in_short" else s for s in spoken[segment.id]
        ]
        if segment.recommendations:
            sentences.append(
                Sentence(f"{own}action", segment.recommendations[0].action, segment.recommendations[0].evidence)
            )
    if segmentation.verdict == "none":
        return sentences
    in_short = [s for segment in by_value[:IN_SHORT] for s in spoken[segment.id] if s.section == "in_short"]
    return [*sentences, *in_short, *_first_actions(segments)]


def _by_priority(segments: tuple[Segment, ...]) -> list[tuple[Recommendation, Segment]]:
    """The first advice of every segment, the most urgent first."""
    first = [(segment.recommendations[0], segment) for segment in segments if segment.recommendations]
    return sorted(first, key=lambda pair: (-pair[0].priority, pair[1].id))


def _first_actions(segments: tuple[Segment, ...]) -> list[Sentence]:
    first = _by_priority(segments)
    found = []
    for advice, segment in first[:FIRST_ACTIONS]:
        tail = f"; {advice.caution}" if advice.caution else ""
        told = say_with_lead(
            "first_actions",
            "{short}:",
            "{action}{tail}.",
            short=segment.short,
            action=lower_first(advice.action),
            tail=tail,
        )
        found.append(replace(told, facts=advice.evidence))
    return found


def _warnings(profile: Profile, segments: tuple[Segment, ...], segmentation: Segmentation) -> Iterator[Note]:
    if profile.value is None and any(measure.role == "value" for measure in profile.measures):
        yield Note("SEG005", "the money cannot be shared out among the segments: some of it is negative")
    if segmentation.verdict == "none":
        yield Note("SEG001", "no segments were found; the cut is a practical one")
        return
    if segmentation.verdict == "weak":
        yield Note("SEG002", "the structure is weak: the borders between segments are soft")
    for segment in segments:
        name = f"segment {segment.id} ({segment.name})"
        if segment.stability == "tiny":
            yield Note("SEG003", f"{name} is tiny: {segment.size} customer{'s' if segment.size != 1 else ''}")
        if segment.stability == "unstable":
            yield Note("SEG004", f"{name} does not come back when customers are resampled")
