"""A name for every segment: what a marketer would call it, unique, at most 40 characters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from segreport.domain import Profile
from segreport.narrate.say import lower_first, upper_first
from segreport.narrate.traits import Reading

LONGEST = 40
_AGES = {"age:high": "Older", "age:low": "Younger"}
ELITE = 3.0
"""A tiny segment is called an elite from this ratio of its share of value to its share of customers."""
NUMERALS = (
    "",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
)


def name_segments(
    profile: Profile, readings: tuple[Reading, ...], given: Mapping[int, str]
) -> dict[int, tuple[str, str]]:
    """Name and short name (what stands before the first colon) of every segment; the user's own names win.

    The most distinct segments choose first, so that the plainest names go to those who deserve them.
    """
    taken = {short_of(name).lower() for name in given.values()}
    names = {number: (name, short_of(name)) for number, name in given.items()}
    order = sorted(readings, key=lambda r: (-_distinctness(r), r.segment.id))
    for reading in order:
        if reading.segment.id in names:
            continue
        heads = (head for head in _heads(profile, reading) if len(head) <= LONGEST and head == short_of(head))
        short = next(head for head in heads if head.lower() not in taken)
        taken.add(short.lower())
        names[reading.segment.id] = (_with_detail(short, reading), short)
    return names


def number_cuts(profile: Profile) -> dict[int, tuple[str, str]]:
    """What the parts are called where there are no segments: nothing that sounds like one."""
    return {segment.id: (f"Cut {segment.id}", f"Cut {segment.id}") for segment in profile.segments}


def short_of(name: str) -> str:
    """The part of a name before its first colon or comma."""
    return name.replace(",", ":").partition(":")[0].strip() or name


def _distinctness(reading: Reading) -> float:
    strongest = abs(reading.traits[0].z) if reading.traits else 0.0
    return strongest + (10.0 if reading.value in ("top", "low") else 0.0)


def _heads(profile: Profile, reading: Reading) -> Iterator[str]:
    """Short names from the most to the least telling; the last ones never run out."""
    segment = reading.segment
    if segment.stability == "tiny":
        yield from _tiny_heads(profile, reading)
    elif reading.value == "top":
        yield "Premium buyers"
        yield from _enthusiasts(profile, reading)
        yield from (f"{_AGES[t.id]} premium buyers" for t in reading.traits if t.id in _AGES)
        yield "Big spenders"
        yield from _channel_heads(reading, "big spenders")
    elif reading.value == "low":
        yield from _low_heads(reading)
    elif reading.value == "middle":
        yield from _middle_heads(profile, reading)
    yield from _plain_heads(profile, reading)
    base = {"top": "High spenders", "low": "Low spenders", "middle": "Regulars"}.get(
        reading.value, "Close to the average"
    )
    yield base
    joint = "" if base.startswith("Close") else "of "
    yield from (f"{numeral} group {joint}{lower_first(base)}".capitalize() for numeral in NUMERALS[1:])


def _tiny_heads(profile: Profile, reading: Reading) -> Iterator[str]:
    segment = reading.segment
    if segment.value_share is not None and segment.value_share / segment.share >= ELITE:
        yield "Elite"
    labels = {m.column: m.label.lower() for m in profile.measures}
    furthest = sorted(segment.columns, key=lambda c: (-abs(segment.columns[c].z or 0.0), c))
    for column in furthest[:4]:
        who = "Few customers" if segment.share < 0.1 else "Customers"
        yield f"{who} with {'high' if (segment.columns[column].z or 0.0) > 0 else 'low'} {labels[column]}"
    yield "A handful of accounts"
    for numeral in NUMERALS[1:]:
        yield f"A {numeral} handful of accounts"


def _low_heads(reading: Reading) -> Iterator[str]:
    if reading.has("children:high"):
        yield "Budget families"
    if reading.has("visits:high") and not reading.has("children:high"):
        yield "Browsers"
    if reading.has("income:low"):
        yield "Budget shoppers"
    if reading.has("age:high"):
        yield "Older occasional buyers"
    if reading.has("age:low"):
        yield "Young low spenders"
    yield from ("Cautious spenders", "Occasional buyers")
    if reading.has("income:high"):
        yield "Well-paid light buyers"


def _middle_heads(profile: Profile, reading: Reading) -> Iterator[str]:
    deals = reading.first("deals:high")
    if deals and deals.z >= 0.5:
        yield "Deal seekers"
    yield from _enthusiasts(profile, reading, at_least=0.5)
    yield from _channel_heads(reading, "regulars")
    if reading.has("age:high"):
        yield "Older regulars"
    if reading.has("children:high"):
        yield "Families"
    yield "Regulars"


def _enthusiasts(profile: Profile, reading: Reading, at_least: float = 0.2) -> Iterator[str]:
    """The products that the segment leads in: nobody else, tiny segments aside, spends more on them."""
    others = [s for s in profile.segments if s.stability != "tiny"]
    for trait in reading.every("spend:high"):
        own = reading.segment.columns[trait.column].mean
        leads = own >= max((s.columns[trait.column].mean for s in others), default=own)
        if trait.z >= at_least and trait.topic and leads:
            yield f"{trait.topic.capitalize()} enthusiasts"


def _channel_heads(reading: Reading, noun: str) -> Iterator[str]:
    for trait in reading.every("channel:high"):
        yield f"{trait.topic.capitalize()} {noun}"


def _plain_heads(profile: Profile, reading: Reading) -> Iterator[str]:
    """Two measures in plain words, for data that has neither money nor products: ``High income, low score``."""
    labels = {m.column: m.label.lower() for m in profile.measures}
    ages = [_AGES[trait.id] for trait in reading.traits if trait.id in _AGES]
    words = [f"{'high' if t.z > 0 else 'low'} {labels[t.column]}" for t in reading.traits if t.id not in _AGES]
    for age in ages:
        yield from (f"{age} with {word}" for word in words[:3])
    for place, first in enumerate(words[:4]):
        yield from (upper_first(f"{first} and {second}") for second in words[place + 1 : 5])
        yield upper_first(first)
    yield from (f"{age} customers" for age in ages)


def _with_detail(short: str, reading: Reading) -> str:
    """The short name with the products and the channel that stand out, where there is room for them."""
    if reading.value not in ("top", "middle"):
        return short
    products = [t.topic for t in reading.every("spend:high")[:2]]
    channels = [t.topic for t in reading.every("channel:high")[:1]]
    details = [word for word in (*products, *channels) if word and word.lower() not in short.lower()]
    while details and len(f"{short}: {', '.join(details)}") > LONGEST:
        details.pop()
    return f"{short}: {', '.join(details)}" if details else short
