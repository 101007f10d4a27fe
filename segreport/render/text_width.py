"""How wide a text will be in the shipped fonts, so that labels are placed and headlines broken before drawing."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import Literal

from fontTools.ttLib import TTFont

from segreport.paths import templates_folder

Family = Literal["sans", "serif"]

FILES = {"sans": "source-sans-3", "serif": "source-serif-4"}
WEIGHTS: dict[Family, tuple[int, ...]] = {"sans": (400, 600, 700), "serif": (400, 600)}
SCRIPTS = ("latin", "latin-ext", "greek", "cyrillic")
UNKNOWN_EMS = 0.6
"""A guess for letters that another font will draw; East Asian ones are a full em."""


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, weight: int = 400, family: Family = "sans") -> float:
    """The advance width of the text in points at the given size in points; kerning is not counted."""
    return size * sum(_advance(letter, family, weight) for letter in text)


@lru_cache(maxsize=1024)
def shorten(text: str, room: float, size: float, weight: int = 400) -> str:
    """The text, or as much of its beginning as fits the room (points) with an ellipsis."""
    if text_width(text, size, weight) <= room:
        return text
    kept = text
    while kept and text_width(f"{kept.rstrip()}…", size, weight) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def balanced_width(text: str, room: float, size: float, *, lines: int = 2) -> float | None:
    """The narrowest measure (points) in which the serif headline keeps its number of lines, or None above ``lines``.

    The last line holds at least two words, as a headline's should.
    """
    words = text.split(" ")
    needed = _count_lines(words, room, size)
    if needed == 1:
        return room
    if needed > lines:
        return None
    low, high = room / 2, room
    while high - low > 2:
        middle = (low + high) / 2
        low, high = (low, middle) if _count_lines(words, middle, size) <= needed else (middle, high)
    return min(room, high + size * 0.6)


def _count_lines(words: list[str], room: float, size: float) -> int:
    lines, used = 1, 0.0
    space = text_width(" ", size, 600, "serif")
    for word in words:
        width = text_width(word, size, 600, "serif")
        if used and used + space + width > room:
            lines, used = lines + 1, width
        else:
            used += width + (space if used else 0)
    return lines


@cache
def _advance(letter: str, family: Family, weight: int) -> float:
    name = FILES[family]
    nearest = min(WEIGHTS[family], key=lambda shipped: abs(shipped - weight))
    for script in SCRIPTS:
        width = _advances(f"{name}-{script}-{nearest}.ttf").get(ord(letter))
        if width is not None:
            return width
    if unicodedata.combining(letter) or unicodedata.category(letter) == "Cf":
        return 0.0
    return 1.0 if unicodedata.east_asian_width(letter) in "WF" else UNKNOWN_EMS


@cache
def _advances(file: str) -> dict[int, float]:
    with TTFont(templates_folder() / "fonts" / file, lazy=True) as font:
        em = font["head"].unitsPerEm
        metrics = font["hmtx"].metrics
        return {code: metrics[glyph][0] / em for code, glyph in font.getBestCmap().items()}
