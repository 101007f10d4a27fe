"""The words of months in several languages, and how they are turned into the English ones that the engine reads."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

_ENGLISH = "jan feb mar apr may jun jul aug sep oct nov dec"
_FULL = "january february march april may june july august september october november december"
_LANGUAGES = (
    "januar|jänner|jan februar|feb märz|maerz|mär|mrz|mar april|apr mai juni|jun juli|jul august|aug "
    "september|sept|sep oktober|okt november|nov dezember|dez",
    "janvier|janv|jan février|fevrier|févr|fév|fev mars|mar avril|avr mai juin|jun juillet|juil|jul août|aout|aoû "
    "septembre|sept|sep octobre|oct novembre|nov décembre|decembre|déc|dec",
    "enero|ene febrero|feb marzo|mar abril|abr mayo|may junio|jun julio|jul agosto|ago septiembre|sept|sep "
    "octubre|oct noviembre|nov diciembre|dic",
    "janeiro|jan fevereiro|fev março|marco|mar abril|abr maio|mai junho|jun julho|jul agosto|ago setembro|set "
    "outubro|out novembro|nov dezembro|dez",
    "gennaio|gen febbraio|feb marzo|mar aprile|apr maggio|mag giugno|giu luglio|lug agosto|ago settembre|set|sett "
    "ottobre|ott novembre|nov dicembre|dic",
    "januari|jan februari|feb maart|mrt april|apr mei juni|jun juli|jul augustus|aug september|sep oktober|okt "
    "november|nov december|dec",
    "jan feb mar apr may jun jul aug september|sept|sep oct nov dec",
)
"""German, French, Spanish, Portuguese, Italian, Dutch, and English with its four letters of September."""


def month_words(words: Iterable[str]) -> tuple[tuple[str, str], ...] | None:
    """What to put for the words: nothing where they are English; None where no language has them all."""
    seen = set(words)
    if seen <= english_months() or seen <= set(_FULL.split()):
        return ()
    for months in map(str.split, _LANGUAGES):
        forms = [month.split("|") for month in months]
        if seen <= {form for month in forms for form in month}:
            longest = ["|".join(sorted(month, key=len, reverse=True)) for month in forms]
            return tuple(zip(longest, _ENGLISH.title().split(), strict=True))
    return None


@cache
def english_months() -> frozenset[str]:
    """The months in three letters."""
    return frozenset(_ENGLISH.split())
