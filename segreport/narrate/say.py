"""Sentences that carry the facts they state."""

from __future__ import annotations

import re
from collections.abc import Mapping

from segreport.domain import Fact, Sentence
from segreport.formatting import NO_BREAK

_UNITS = re.compile(r"(?<=\d) (?=(?:customers|rows|orders|days|times|segments|groups|resamples)\b)")


Slot = Fact | str | int


def say(section: str, text: str, /, **slots: Slot) -> Sentence:
    """A sentence with its slots filled; the facts among them are remembered, a number stays with its noun.

    Slots are filled literally: braces inside a value are text.
    """
    return say_with_lead(section, "", text, **slots)


def say_with_lead(section: str, lead: str, text: str, /, **slots: Slot) -> Sentence:
    """The same with an opening that is set in bold."""
    facts = tuple(dict.fromkeys(slot.id for slot in slots.values() if isinstance(slot, Fact)))
    head, filled = _fill(lead, slots), _fill(text, slots)
    return Sentence(section, f"{head} {filled}".strip() if head else filled, facts, head)


def _fill(text: str, slots: Mapping[str, Slot]) -> str:
    return _UNITS.sub(NO_BREAK, re.sub(r"\{(\w+)\}", lambda match: str(slots[match.group(1)]), text))


def lower_first(text: str) -> str:
    """The text with a small first letter, unless it begins with an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]
