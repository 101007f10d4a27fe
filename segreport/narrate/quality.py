"""What is said of the data itself: which rows are used, how much was noticed, and what is not there."""

from __future__ import annotations

from collections import Counter

from segreport.domain import Finding, Sentence
from segreport.formatting import NUMBER_WORDS, list_words
from segreport.narrate.say import Slot, lower_first, say, say_with_lead, upper_first
from segreport.narrate.whole import Whole

MISREAD = ("DQ010", "DQ022", "DQ027", "DQ026", "DQ024", "DQ023", "DQ012", "DQ021", "DQ017", "DQ016", "DQ020", "DQ015")
MENDED = ("DQ005", "DQ011", "DQ013", "DQ019", "DQ018", "DQ006", "DQ007")
UNUSED = ("DQ002", "DQ003", "DQ009", "DQ004")
ALIKE = 3
"""So many findings of one code come before those of other codes; the rest follow after."""


def rank_findings(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What may have been misread before what was mended, then what is only told, and columns without use last."""
    seen: Counter[str] = Counter()
    places: dict[int, tuple[int, int, int]] = {}
    for place in sorted(range(len(findings)), key=lambda place: (-findings[place].amount, place)):
        code = findings[place].code
        weight = 0 if code in MISREAD else 1 if code in MENDED else 3 if code in UNUSED else 2
        places[place] = (seen[code] // ALIKE, weight, place)
        seen[code] += 1
    return tuple(findings[place] for place in sorted(places, key=lambda place: places[place]))


def tell_quality(w: Whole) -> list[Sentence]:
    """The page of data quality: its headline, what was left out, and what the data lack."""
    used, read = w.ledger[-1].rows, w.ledger[0].rows
    dropped = w.book.add("cleaning.dropped", read - used, "count")
    rows = (
        "Every one of {read} rows is used"
        if used == read
        else f"{{dropped}} of {{read}} rows {'was' if read - used == 1 else 'were'} left out"
    )
    slots: dict[str, Slot] = {"read": w.book["cleaning.0.rows"], "dropped": dropped}
    count = w.book.add("findings.count", len(w.findings), "count")
    return [
        say("quality", f"{rows}; {_noticed(w)}", **slots, n=NUMBER_WORDS.get(len(w.findings), count)),
        say("cleaning", rows, **slots),
        *_lacks(w),
    ]


def _noticed(w: Whole) -> str:
    match len(w.findings):
        case 0:
            return "nothing unusual was noticed"
        case 1:
            return "one thing to know"
        case _:
            return "{n} things to know"


def _lacks(w: Whole) -> list[Sentence]:
    """What the data do not hold: each with the decision that it blocks, and all in one line."""
    if not w.lacks:
        return []
    named = upper_first(list_words([lower_first(lack.what) for lack in w.lacks]))
    told = [say_with_lead("lacks", "{what}.", "{blocks}.", what=k.what, blocks=upper_first(k.blocks)) for k in w.lacks]
    return [say("limits", "{named}", named=named), *told]
