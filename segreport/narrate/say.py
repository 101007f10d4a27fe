"""Sentences that carry the facts they state."""

from __future__ import annotations

import re

from segreport.domain import Fact, Sentence
from segreport.formatting import NO_BREAK

_UNITS = re.compile(r"(?<=\d) (?=(?:customers|rows|orders|days|times|segments|groups|resamples)\b)")


def say(section: str, text: str, /, *, lead: str = "", **slots: Fact | str | int) -> Sentence:
    """A sentence with its slots filled; the facts among them are remembered, a number stays with its noun.

    Slots are filled literally: braces inside a value are text.
    """
    facts = tuple(dict.fromkeys(slot.id for slot in slots.values() if isinstance(slot, Fact)))
    filled = re.sub(r"\{(\w+)\}", lambda match: str(slots[match.group(1)]), text)
    head = re.sub(r"\{(\w+)\}", lambda match: str(slots[match.group(1)]), lead)
    whole = f"{head} {filled}".strip() if head else filled
    return Sentence(section, _UNITS.sub(NO_BREAK, whole), facts, _UNITS.sub(NO_BREAK, head))


def lower_first(text: str) -> str:
    """The text with a small first letter, unless it begins with an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]
