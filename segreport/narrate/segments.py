"""What is said of one segment: persona, headline, summary, advice in short, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

from segreport.domain import (
    PATTERN_FROM,
    STABLE_FROM,
    VERY_STABLE_FROM,
    Fact,
    Profile,
    Segment,
    Segmentation,
    Sentence,
    Trait,
)
from segreport.formatting import list_words
from segreport.narrate.facts import FactBook
from segreport.narrate.phrases import compare, compare_trait, describe_people, is_plural, is_sum, measure_words, they
from segreport.narrate.say import Slot, say, say_with_lead, upper_first
from segreport.narrate.traits import NOTABLE, Reading

PLACES = {
    "store": "in the store",
    "shop": "in the shop",
    "web": "on the web",
    "online": "online",
    "internet": "on the internet",
    "catalogue": "from the catalogue",
    "app": "in the app",
    "mobile": "on the phone",
    "phone": "by phone",
    "email": "by e-mail",
    "mail": "by mail",
    "marketplace": "on the marketplace",
}
SURE = (("very sure", VERY_STABLE_FROM), ("sure", STABLE_FROM), ("fairly sure", PATTERN_FROM), ("not sure", 0.0))


@dataclass(frozen=True)
class Teller:
    """All that is needed to speak of one segment."""

    profile: Profile
    segmentation: Segmentation
    book: FactBook
    reading: Reading
    name: str
    short: str
    value_name: str

    @property
    def segment(self) -> Segment:
        """The segment spoken of."""
        return self.reading.segment

    def fact(self, name: str) -> Fact:
        """A fact of the segment."""
        return self.book[f"segment.{self.segment.id}.{name}"]

    def section(self, name: str) -> str:
        """The section of the story that belongs to the segment."""
        return f"segment.{self.segment.id}.{name}"


def tell_segment(teller: Teller) -> list[Sentence]:
    """Every sentence of the segment's page, slide and sheet."""
    return [
        _persona(teller),
        _headline(teller),
        _summary(teller),
        _in_short(teller),
        _apart(teller),
        _sure(teller),
        *_figures(teller),
    ]


def _persona(t: Teller) -> Sentence:
    section = t.section("persona")
    if t.segment.stability == "tiny":
        return say(section, "Too few customers for averages to mean much: look at each of them.")
    if not t.reading.traits:
        return _near_average(t, section)
    people = describe_people(t.reading)
    ages = [m.column for m in t.profile.measures if m.role == "age"]
    age = t.book.get(t.section(f"{ages[0]}.mean")) if ages else None
    parts: list[str] = []
    slots: dict[str, Slot] = {}
    if people:
        parts.append(people + (", {age} years old on average." if age else "."))
        slots = {"age": age} if age else {}
    habits, facts = _habits(t)
    parts += habits
    sentence = say(section, " ".join(parts), **slots)
    return Sentence(section, sentence.text, tuple(dict.fromkeys((*sentence.facts, *facts))))


def _near_average(t: Teller, section: str) -> Sentence:
    """Where no distance is certain: the largest one all the same, if it is a distance at all."""
    spoken = [m for m in t.profile.measures if not m.aside]
    furthest = max(spoken, key=lambda m: (abs(t.segment.columns[m.column].z or 0.0), m.column))
    z = t.segment.columns[furthest.column].z or 0.0
    if abs(z) < NOTABLE:
        return say(section, "Close to the average in everything that was measured.")
    own, everyone = t.fact(f"{furthest.column}.mean"), t.book[f"all.{furthest.column}.mean"]
    words = compare(furthest, own, everyone)
    sentence = say(section, "Nothing is far from the average; furthest is {words}.", words=words)
    return Sentence(section, sentence.text, (own.id, everyone.id))


def _habits(t: Teller) -> tuple[list[str], list[str]]:
    """How they buy: the channel they favour and the deals, else the two strongest traits that are not about people."""
    facts: list[str] = []
    words = []
    favourite = max((x for x in t.reading.traits if x.id == "channel:high"), key=lambda x: x.z, default=None)
    if favourite:
        mean, everyone = t.fact(f"{favourite.column}.mean"), t.book[f"all.{favourite.column}.mean"]
        where = PLACES.get(favourite.topic, f"through {favourite.topic}")
        words.append(f"they order {mean} times {where}, against {everyone} on average")
        facts += [mean.id, everyone.id]
    deals = t.reading.first("deals:high") or t.reading.first("deals:low")
    if deals and _also_per_order(t, deals):
        mean = t.fact(f"{deals.column}.mean")
        words.append(("use deals often" if deals.z > 0 else "take few deals") + f" ({mean})")
        facts.append(mean.id)
    if favourite:
        return [upper_first(f"{', and '.join(words)}.")], facts
    return _strongest_two(t)


def _also_per_order(t: Teller, deals: Trait) -> bool:
    """Whether the deals are as many, or as few, beside the orders too: who buys little takes few of anything."""
    orders = next((m.column for m in t.profile.measures if m.derived and m.role == "orders"), None)
    if orders is None or not t.segment.columns[orders].mean or not t.profile.overall[orders].mean:
        return True
    own = t.segment.columns[deals.column].mean / t.segment.columns[orders].mean
    everyone = t.profile.overall[deals.column].mean / t.profile.overall[orders].mean
    return (own > everyone) == (deals.z > 0)


def _strongest_two(t: Teller) -> tuple[list[str], list[str]]:
    people = ("income", "age", "children")
    text, facts = they(
        t.profile, t.book, t.segment, [x for x in t.reading.traits if x.id.partition(":")[0] not in people][:2]
    )
    return [text] if text else [], list(facts)


def _headline(t: Teller) -> Sentence:
    section = t.section("headline")
    if t.segment.value_share is None:
        return _headline_without_value(t, section)
    slots: dict[str, Slot] = {
        "short": t.short,
        "share": t.fact("share"),
        "value_share": t.fact("value.share"),
        "mean": t.fact("value.mean"),
        "value": t.value_name,
        "all": t.book["all.value.mean"],
        "size": t.fact("size"),
    }
    if t.segment.stability == "tiny" or not is_plural(t.short):
        return say(section, "{short}: {size} customers bring {value_share} of the {value}", **slots)
    if t.reading.value == "top":
        return say(section, "{short} spend {mean} each and bring {value_share} of the {value}", **slots)
    if t.reading.value == "low":
        return say(section, "{short} are {share} of customers and bring {value_share} of the {value}", **slots)
    return say(
        section, "{short} spend {mean} each, against {all} on average, and bring {value_share} of the {value}", **slots
    )


def _headline_without_value(t: Teller, section: str) -> Sentence:
    if not t.reading.traits:
        return say(section, "{short}: {share} of customers", short=t.short, share=t.fact("share"))
    text, facts = compare_trait(t.profile, t.book, t.segment, t.reading.traits[0])
    sentence = say(section, "{short}: {share} of customers, {text}", short=t.short, share=t.fact("share"), text=text)
    return Sentence(section, sentence.text, (*sentence.facts, *facts))


def _summary(t: Teller) -> Sentence:
    section = t.section("summary")
    parts = ["{share} of customers"]
    slots: dict[str, Slot] = {"share": t.fact("share")}
    if t.segment.value_share is not None:
        parts.append(", {value_share} of the {value}")
        slots |= {"value_share": t.fact("value.share"), "value": t.value_name}
    tail, facts = they(t.profile, t.book, t.segment, _habits_of(t)[:1])
    sentence = say(section, "".join(parts) + ".", **slots)
    return Sentence(section, f"{sentence.text} {tail}".strip(), (*sentence.facts, *facts))


def _habits_of(t: Teller) -> list[Trait]:
    """The traits that are not the value itself nor a sum of others, the strongest first."""
    sums = {m.column for m in t.profile.measures if is_sum(m)} | {t.profile.value}
    return [trait for trait in t.reading.traits if trait.column not in sums]


def _in_short(t: Teller) -> Sentence:
    section = "in_short"
    plural = is_plural(t.short)
    lead = "{short}" if plural else "{short}:"
    if t.segment.value_share is None:
        return _in_short_without_value(t, section)
    mean, everyone = t.fact("value.mean"), t.book["all.value.mean"]
    slots: dict[str, Slot] = {"short": t.short, "mean": mean, "all": everyone}
    verb = "spend " if plural else ""
    times = t.book.get(t.section("value.times"))
    if t.reading.value == "top" and times:
        text, slots = verb + "{mean} each, {times} times the average.", slots | {"times": times}
    elif t.reading.value == "low":
        text = verb + "{mean} each, against {all} on average."
    else:
        text = verb + "{mean} each; the average is {all}."
    sentence = say_with_lead(section, lead, text, **slots)
    return _with_habits(t, sentence)


def _with_habits(t: Teller, sentence: Sentence) -> Sentence:
    chosen: list[Trait] = []
    for roles in _TOLD[t.reading.value]:
        chosen += [x for x in t.reading.traits if x.id.partition(":")[0] in roles and x.column != t.profile.value][:1]
    text, facts = they(t.profile, t.book, t.segment, chosen)
    return Sentence(sentence.section, f"{sentence.text} {text}".strip(), (*sentence.facts, *facts), sentence.lead)


_TOLD: dict[str, tuple[tuple[str, ...], ...]] = {
    "top": (("spend",), ("deals", "channel")),
    "middle": (("deals", "spend"), ("channel",)),
    "low": (("orders", "visits"), ("income", "children")),
    "unknown": (),
}


def _in_short_without_value(t: Teller, section: str) -> Sentence:
    text, facts = they(t.profile, t.book, t.segment, list(t.reading.traits[:2]))
    near = _near_average(t, section)
    text, facts = (text, facts) if text else (near.text, near.facts)
    sentence = say_with_lead(
        section, "{short}:", "{share} of customers. {told}", short=t.short, share=t.fact("share"), told=text
    )
    return Sentence(section, sentence.text, (*sentence.facts, *facts), sentence.lead)


def _apart(t: Teller) -> Sentence:
    """The message of the chart of distances: the two largest, by name."""
    section = t.section("apart")
    strongest = _habits_of(t)[:2]
    if not strongest:
        return say(section, "Little sets them apart")
    words = measure_words(t.profile.measures, [trait.column for trait in strongest])
    if all(trait.z < 0 for trait in strongest):
        return say(section, "Low in {words}", words=list_words(words))
    if len({trait.z > 0 for trait in strongest}) == 2:
        high, low = words if strongest[0].z > 0 else words[::-1]
        return say(section, "High in {high}, low in {low}", high=high, low=low)
    verb = "set" if len(words) > 1 or words[0].endswith("s") else "sets"
    return say(section, "{words} {verb} them apart", words=upper_first(list_words(words)), verb=verb)


def _sure(t: Teller) -> Sentence:
    word = next(word for word, edge in SURE if t.segment.jaccard >= edge)
    if t.segment.stability == "tiny":
        word = "too few to say"
    return say(t.section("sure"), "How sure we are: {word}", word=word)


def _figures(t: Teller) -> list[Sentence]:
    """Up to four key figures: size, value, and what stands out; then the overlap in resamples."""
    section, found = t.section("figures"), []
    found.append(say(section, "customers, {share}", share=t.fact("share")))
    found[0] = Sentence(section, found[0].text, (t.fact("size").id, t.fact("share").id))
    if t.segment.value_share is not None:
        found.append(_figure(section, "of all {value}", t.fact("value.share"), value=t.value_name))
        found.append(
            _figure(section, "per customer, average {all}", t.fact("value.mean"), all=t.book["all.value.mean"])
        )
    columns = _standing_out(t)
    for column in columns[: 4 - len(found)]:
        label = measure_words(t.profile.measures, [column])[0]
        found.append(
            _figure(
                section,
                "{label}, average {all}",
                t.fact(f"{column}.mean"),
                label=label,
                all=t.book[f"all.{column}.mean"],
            )
        )
    sure = "overlap in {n} resamples" if t.segmentation.resamples else "overlap"
    found.append(_figure(section, sure, t.fact("jaccard"), n=t.book["method.resamples"]))
    return found


def _figure(section: str, text: str, fact: Fact, /, **slots: Slot) -> Sentence:
    sentence = say(section, text, **slots)
    return Sentence(section, sentence.text, (fact.id, *sentence.facts))


def _standing_out(t: Teller) -> list[str]:
    """The columns of the strongest traits with a short label, value and its parts aside; else the first measures."""
    labels = {m.column: m for m in t.profile.measures}
    traits = [
        x.column
        for x in t.reading.traits
        if labels[x.column].role not in ("value", "spend", "orders") or t.profile.value is None
    ]
    return traits or [m.column for m in t.profile.measures if m.column != t.profile.value and not m.aside]
