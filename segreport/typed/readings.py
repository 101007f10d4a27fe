"""How the text of a column is read: as numbers of one convention, as dates of one order, or as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from segreport.domain import ColumnKind
from segreport.engine import text_of

_DUMPED_NULL = r"\N"
"""How databases write no value when they dump a table, in columns of text too."""
PLAIN_WORDS = frozenset(["", "na", "n/a", "nan", "null", "none", "#n/a", "-", "--", "?", "missing", r"\n", "nil"])
"""What stands for no value in a column of numbers or dates; in a column of text these are words like others."""
_WORDS = """
---|—|–|.|..|*|n.a.|n. a.|n/d|n.d.|nat|<na>|(null)|(missing)|blank|(blank)|empty|unknown|not available
not specified|not provided|not set|(not set)|no value|(no value)|no data|no answer|tbd|tba|k.a.|k. a.
keine angabe|keine angaben|unbekannt|nicht verfügbar|nicht bekannt|fehlt|leer|(leer)|n.c.|n. c.|inconnu
non communiqué|non renseigné|non disponible|(vide)|desconocido|no disponible|sin datos|s/d|desconhecido
não informado|nao informado|não disponível|sem dados|sconosciuto|non disponibile|onbekend|nieznane|brak danych
#n/a n/a|#nv|#na|#value!|#wert!|#div/0!|#ref!|#bezug!|#name?|#null!|#num!|#zahl!|#valeur!|#valor!|#error!
#spill!
"""
MISSING_WORDS = PLAIN_WORDS | frozenset(_WORDS.strip().replace("\n", "|").split("|"))
"""The plain ones, and those that say the same in more words: these are said when they are met."""
BLANKS = " \t\r\n\v\f\u00a0\u202f\u205f\u2060\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200C)))
"""All that shows as nothing: blanks of every width, and marks that have none."""
Trim = Literal["", "blanks", "all"]
_NOT_READ = {"number": "'nan'::DOUBLE", "date": "'infinity'::TIMESTAMP"}


@dataclass(frozen=True)
class Reading:
    """One way to read a column, the same for all of its cells.

    ``missing`` are the words that stand for no value. ``pattern`` is a regular expression of a number that is dressed
    (currency, per cent, thousands, brackets), ``formats`` are those of dates, and ``months`` the words put for months
    that are not English. ``trim`` tells whether cells have blanks around them, and whether of all kinds; ``said`` is
    how the reading is called in print; ``proved`` is the decimal mark where a cell proves it, ``doubt`` tells that
    every cell allowed another reading, and ``key`` that a cell such as 0123 would show that these are no numbers.
    ``currencies`` are those that the cells name, and ``mark`` is what stands for yes where a blank stands for no.
    """

    kind: ColumnKind
    missing: frozenset[str] = frozenset()
    pattern: str = ""
    decimal: str = "."
    group: str = ""
    percent: bool = False
    formats: tuple[str, ...] = ()
    months: tuple[tuple[str, str], ...] = ()
    trim: Trim = ""
    said: str = ""
    proved: str = ""
    doubt: bool = False
    key: bool = False
    currencies: tuple[str, ...] = ()
    mark: str = ""

    def sql(self, cell: str) -> str:
        """The cell's value; where it is not missing and does not fit, NaN or infinity, which sort above all values."""
        trimmed = f"trim({cell}, {text_of(BLANKS)})" if self.trim == "all" else f"trim({cell})" if self.trim else cell
        if self.kind == "text":
            return f"nullif(nullif({trimmed}, ''), {text_of(_DUMPED_NULL)})"
        if self.kind == "missing":
            return f"CASE WHEN NOT ({self._is_missing(cell)}) THEN {cell} END"
        if self.mark:
            ticked = f"lower(trim({cell}, {text_of(BLANKS)}))"
            no, yes = f"coalesce({ticked}, '') = ''", f"{ticked} = {text_of(self.mark)}"
            return f"CASE WHEN {no} THEN 0.0::DOUBLE WHEN {yes} THEN 1.0 ELSE {_NOT_READ['number']} END"
        value = self._number(trimmed) if self.kind == "number" else self._date(trimmed)
        otherwise = f"CASE WHEN {self._is_missing(cell)} THEN NULL ELSE {_NOT_READ[self.kind]} END"
        return f"coalesce({value}, {otherwise})"

    def misfit(self, value: str) -> str:
        """Whether a value that ``sql`` gave is that of a cell which does not fit."""
        return {"number": f"isnan({value})", "date": f"isinf({value})"}.get(self.kind, "true")

    def _is_missing(self, cell: str) -> str:
        words = ", ".join(text_of(word) for word in sorted({"", *self.missing}))
        in_words = f" OR lower(trim({cell}, {text_of(BLANKS)})) IN ({words})"
        return f"{cell} IS NULL{in_words if self.missing else ''}"

    def _number(self, trimmed: str) -> str:
        if not self.pattern:
            plain = f"try_cast({trimmed} AS DOUBLE)"
            if self.key:
                zero = f"{trimmed} >= '00' AND {trimmed} < '0:'"
                plain = f"CASE WHEN {zero} THEN NULL ELSE {plain} END"
            nan = f"lower({trimmed}) IN ('nan', '-nan')"
            return f"CASE WHEN {nan} THEN NULL ELSE {plain} END" if self.missing else plain
        bare = f"regexp_replace({trimmed}, '[^0-9.,]', '', 'g')"
        if self.group in (",", "."):
            bare = f"replace({bare}, {text_of(self.group)}, '')"
        if self.decimal == ",":
            bare = f"replace({bare}, ',', '.')"
        sign = f"CASE WHEN regexp_matches({trimmed}, '[(\\-\u2212]') THEN -1 ELSE 1 END"
        scale = " / 100" if self.percent else ""
        fits = f"regexp_full_match({trimmed}, {text_of(self.pattern)})"
        return f"CASE WHEN {fits} THEN {sign} * try_cast({bare} AS DOUBLE){scale} END"

    def _date(self, trimmed: str) -> str:
        formats = ", ".join(text_of(format) for format in self.formats)
        for words, english in self.months:
            trimmed = f"regexp_replace({trimmed}, {text_of(words)}, {text_of(english)}, 'i')"
        return f"try_strptime({trimmed}, [{formats}])"


TEXT = Reading("text", trim="blanks")
NOTHING = Reading("missing")
