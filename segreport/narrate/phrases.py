"""Turns of phrase: how a measure, a group of people or a level of value is put into words."""

from __future__ import annotations

from segreport.domain import Fact, Measure, Profile, Segment, Trait
from segreport.narrate.facts import FactBook
from segreport.narrate.say import lower_first, upper_first
from segreport.narrate.traits import Reading


def is_plural(short: str) -> bool:
    """Whether a short name takes a plural verb: ``Premium buyers`` does, ``Elite`` and ``High income`` do not."""
    last = short.split(" ")[-1].lower()
    return last.endswith("s") and not last.endswith("ss") and not short.startswith("A ")


def compare(measure: Measure, mean: Fact, everyone: Fact) -> str:
    """The segment's mean beside that of all customers, as one says it."""
    label = lower_first(measure.label)
    match measure.role:
        case "channel":
            return f"{mean} {measure.topic or label} orders against {everyone}"
        case "spend":
            return f"{mean} on {measure.topic or label} against {everyone}"
        case "deals":
            return f"{mean} purchases with a deal against {everyone}"
        case "orders":
            return f"{mean} orders against {everyone}" if label == "orders" else f"{label} {mean} against {everyone}"
        case "children" | "visits":
            return f"{mean} {label} against {everyone}"
        case "response" | "complaint" | "flag" if measure.unit == "share":
            return f"{mean} {label} against {everyone}"
        case "income":
            return f"an income of {mean} against {everyone}"
        case "age":
            return f"an average age of {mean} against {everyone}"
        case "recency":
            return f"{mean} days since the last order against {everyone}"
        case _:
            return f"{label} {mean} against {everyone}"


def clause(measure: Measure, mean: Fact, everyone: Fact, *, first: bool) -> str:
    """The same as what they do: it follows the word ``They``; the first of a sentence says what it is compared with."""
    label = lower_first(measure.label)
    against = f", against {everyone} on average" if first else f" against {everyone}"
    match measure.role:
        case "channel":
            return f"place {mean} {measure.topic or label} orders{against}"
        case "spend":
            return f"spend {mean} on {measure.topic or label}{against}"
        case "value":
            return f"spend {mean}{against}"
        case "deals":
            return f"buy {mean} times with a deal{against}"
        case "orders" if label == "orders":
            return f"place {mean} orders{against}"
        case "children":
            return f"have {mean} {label}{against}"
        case "visits":
            return f"make {mean} {label}{against}"
        case "income" if label == "income":
            return f"earn {mean}{against}"
        case "age":
            return f"are {mean} years old{against}"
        case "recency":
            return f"last ordered {mean} days ago{against}"
        case "response" if measure.unit == "count":
            return f"accept {mean} campaigns{against}"
        case _ if measure.unit == "share":
            return f"{_did(label)} in {mean} of cases{against}"
        case _ if label.endswith("s"):
            return f"average {mean} {label}{against}"
        case _:
            return f"have {'an' if label[:1] in 'aeiou' else 'a'} {label} of {mean}{against}"


def _did(label: str) -> str:
    """A yes-or-no column as what they do: ``took the last offer``, ``complained``, else ``have it``."""
    return label if label.split(" ")[0].endswith(("ed", "ook")) else f"have {label}"


def they(profile: Profile, book: FactBook, segment: Segment, traits: list[Trait]) -> tuple[str, tuple[str, ...]]:
    """One sentence on what they do, from the traits in order, with the ids of its facts; empty without traits."""
    clauses: list[str] = []
    facts: list[str] = []
    for trait in traits:
        measure = next(m for m in profile.measures if m.column == trait.column)
        own, everyone = book[f"segment.{segment.id}.{trait.column}.mean"], book[f"all.{trait.column}.mean"]
        clauses.append(clause(measure, own, everyone, first=not clauses))
        facts += [own.id, everyone.id]
    joined = (", and " if clauses and "on average" in clauses[0] else " and ").join(clauses)
    return (f"They {joined}." if clauses else ""), tuple(facts)


def is_sum(measure: Measure) -> bool:
    """Whether the measure adds up others that are shown, so that a sentence about both would say a thing twice."""
    return measure.derived and measure.role in ("value", "orders")


def compare_trait(profile: Profile, book: FactBook, segment: Segment, trait: Trait) -> tuple[str, tuple[str, ...]]:
    """A trait as a comparison, with the ids of its two facts."""
    measure = next(m for m in profile.measures if m.column == trait.column)
    own, everyone = book[f"segment.{segment.id}.{trait.column}.mean"], book[f"all.{trait.column}.mean"]
    return compare(measure, own, everyone), (own.id, everyone.id)


def describe_people(reading: Reading) -> str:
    """Who they are in a few words, from income, age and children; empty where nothing stands out."""
    income, age, children = (_side(reading, role) for role in ("income", "age", "children"))
    words = []
    if income:
        trait = reading.first(f"income:{income}")
        strong = trait is not None and abs(trait.z) >= 0.5
        words.append(
            {"high": "well-paid" if strong else "better-paid", "low": "low-income" if strong else "lower-income"}[
                income
            ]
        )
    if age:
        words.append({"high": "older", "low": "younger"}[age])
    noun = {"high": "families with children at home", "low": "households with few children at home"}.get(
        children, "customers"
    )
    if not words and noun == "customers":
        return ""
    return upper_first(f"{', '.join(words)} {noun}".strip())


def measure_words(measures: tuple[Measure, ...], columns: list[str]) -> list[str]:
    """The measures' names inside a sentence, products and channels with their noun."""
    found = []
    for column in columns:
        measure = next(m for m in measures if m.column == column)
        label = lower_first(measure.label)
        nouns = {"channel": f"{measure.topic or label} orders", "deals": "purchases with a deal"}
        found.append(nouns.get(measure.role, label))
    return found


def _side(reading: Reading, role: str) -> str:
    return "high" if reading.has(f"{role}:high") else "low" if reading.has(f"{role}:low") else ""
