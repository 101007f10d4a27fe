"""What a column's name says: its words, the concepts they stand for in any of the languages, and a label for print."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_WORDS_FILE = Path(__file__).with_name("words.toml")
_PLAIN = re.compile(r"[\w\s.\-]+")
_CAMEL = re.compile(r"(?<=[a-zß-öø-ÿ0-9])(?=[A-ZÀ-Þ])|(?<=[A-ZÀ-Þ])(?=[A-ZÀ-Þ][a-zß-öø-ÿ]{2})")
_LINKS = ("", "s", "es", "n", "en")
"""Letters between the parts of a compound: Rechnung-s-nummer."""
_SHORTEST_PART = 4
_SHORT_PARTS = frozenset(["id", "no", "nr", "kid"])
_WITHOUT_ACCENTS = str.maketrans({"ł": "l", "ø": "o", "ß": "ss", "æ": "ae"})
_IN_PRINT = {
    "wines": "wine",
    "fruits": "fruit",
    "sweet": "sweets",
    "catalog": "catalogue",
    "meats": "meat",
    "golds": "gold",
    "dt": "date",
    "tv": "TV",
    "cmp": "campaign",
    "num": "number of",
    "avg": "average",
    "kidhome": "kids at home",
    "teenhome": "teenagers at home",
}
_CAPITALS = frozenset(["b2b", "b2c", "clv", "crm", "kpi", "ltv", "nps", "plz", "rfm", "sku", "sms", "uf", "url", "vip"])
_PERIODS = {"month": "a month", "week": "a week", "year": "a year"}
_NO_TOPIC = frozenset(
    [
        *("binding", "code", "count", "currency", "customer", "id", "lifetime", "money", "number", "order", "period"),
        *("product", "since", "total", "worth"),
    ]
)
"""Concepts whose words do not say what money was spent on, or where orders were placed."""


@dataclass(frozen=True)
class Name:
    """The words of a name in order, and the concepts that each stands for; a word may have several, or none."""

    words: tuple[str, ...]
    meanings: tuple[frozenset[str], ...]

    @property
    def concepts(self) -> frozenset[str]:
        """All concepts of all words."""
        return frozenset().union(*self.meanings)

    @property
    def topic(self) -> str:
        """What is left without the words for money, orders and numbers: the wine in MntWines."""
        pairs = zip(self.words, self.meanings, strict=True)
        return " ".join(_IN_PRINT.get(w, w) for w, found in pairs if not found & _NO_TOPIC and not w.isdigit())

    @property
    def counts(self) -> bool:
        """Whether the name begins as that of a count: number of visits, QTDE_PEDIDOS; Artikelnummer does not."""
        first = self.meanings[0] if self.meanings else frozenset()
        return self.has("count") or (bool(first) and first <= {"number", "count", "quantity", "binding"})

    def has(self, *concepts: str) -> bool:
        """Whether all the concepts are named."""
        return self.concepts.issuperset(concepts)

    def has_any(self, *concepts: str) -> bool:
        """Whether one of the concepts is named."""
        return not self.concepts.isdisjoint(concepts)


def read_name(name: str) -> Name:
    """The words of a name and what they mean."""
    words = tuple(split_name(name))
    return Name(words, tuple(_meanings(plain_word(word)) for word in words))


def split_name(name: str) -> list[str]:
    """The words of a column name: ``MntWines``, ``mnt_wines`` and ``Mnt Wines`` are all mnt, wines."""
    return [word.lower() for word in re.split(r"[\W_]+", _CAMEL.sub(" ", name)) if word]


def label_of(name: str) -> str:
    """The column's name as a person would write it; a name with unusual characters is left as it is."""
    if not _PLAIN.fullmatch(name):
        return name
    words = [word.upper() if word in _CAPITALS else _IN_PRINT.get(word, word) for word in split_name(name)]
    if len(words) > 2 and words[-1] in _PERIODS:
        words[-1] = _PERIODS[words[-1]]
        words = [word for word in words if word != "number of"]
    if len(words) > 1 and words[-1] == "thousands":
        words[-1] = "(thousands)"
    text = "year of birth" if set(words) == {"year", "birth"} else " ".join(words) or name
    return text[:1].upper() + text[1:]


def plain_word(word: str) -> str:
    """The word in small letters without accents: ``Größe`` is grosse."""
    spread = unicodedata.normalize("NFKD", word.lower().translate(_WITHOUT_ACCENTS))
    return "".join(character for character in spread if not unicodedata.combining(character))


def is_said_by(concept: str, words: frozenset[str]) -> bool:
    """Whether all the words, as cells hold them, stand for one concept: m and f for a gender."""
    meanings = _vocabulary("_value")
    return bool(words) and all(concept in meanings.get(plain_word(word), ()) for word in words)


def _meanings(word: str) -> frozenset[str]:
    """What a word stands for: by itself, without the digits at its end, or by its parts."""
    known = _vocabulary("")
    for form in (word, word.rstrip("0123456789")):
        if form in known:
            return known[form]
    return frozenset().union(*(known[part] for part in _parts(word)))


@cache
def _parts(word: str) -> tuple[str, ...]:
    """The known words that a compound is made of, or none where any letter is left over."""
    known = _vocabulary("")
    for end in range(len(word), 1, -1):
        head = word[:end]
        if head not in known or not _may_be_part(head):
            continue
        if end == len(word):
            return (head,)
        for link in _LINKS:
            tail = _parts(word[end + len(link) :]) if word.startswith(link, end) else ()
            if tail:
                return (head, *tail)
    return ()


def _may_be_part(word: str) -> bool:
    return len(word) >= _SHORTEST_PART or word in _SHORT_PARTS


@cache
def _vocabulary(kind: str) -> dict[str, frozenset[str]]:
    """Every known word and its concepts; those with ``_value`` in their name are words of cells."""
    found: dict[str, set[str]] = {}
    for concept, languages in tomllib.loads(_WORDS_FILE.read_text(encoding="utf-8")).items():
        if concept.endswith("_value") != (kind == "_value"):
            continue
        for line in languages.values():
            for word in line.split():
                for form in (plain_word(word), plain_word(_with_e(word))):
                    found.setdefault(form, set()).add(concept)
    return {word: frozenset(concepts) for word, concepts in found.items()}


def _with_e(word: str) -> str:
    """The word as it is typed without umlauts: kaeufer."""
    return word.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
