"""What is said of the data before it is cut: how it spreads, what goes together, what is empty."""

from __future__ import annotations

from collections.abc import Mapping

from segreport.domain import Distribution, Exploration, Fact, Gap, Measure, Relation, Role, Sentence
from segreport.formatting import decimals_of, list_words
from segreport.narrate.facts import FactBook
from segreport.narrate.say import lower_first, say
from segreport.narrate.turns import outcome, subject

PEOPLE = ("income", "age", "children", "date")
CLOSE = 0.3
MOST_GAPS = 3


def tell_exploration(
    x: Exploration | None, measures: tuple[Measure, ...], roles: Mapping[str, Role], book: FactBook
) -> list[Sentence]:
    """The pages of the exploration; nothing for a report that was saved without one."""
    if x is None:
        return []
    by_column = {m.column: m for m in measures}
    for column in x.shown:
        _add_spread(book, by_column[column], x.distributions[column])
    relations = [_relation(place, r, by_column, roles, book) for place, r in enumerate(x.relations, 1)]
    return [
        _headline(x, relations, by_column, book),
        _spreads(x, by_column, book),
        *_together(x, book),
        *relations,
        *_gaps(x, by_column, roles, book),
    ]


def _add_spread(book: FactBook, measure: Measure, d: Distribution) -> None:
    """The figures that a panel prints."""
    prefix = f"all.{measure.column}."
    named = {"near_low": d.near[0], "near_high": d.near[1], "lowest": d.low, "highest": d.high, "middle": d.median}
    if d.farthest is not None:
        named["farthest"] = d.farthest
    for name, value in named.items():
        decimals = 0 if value == int(value) else decimals_of(measure.unit, d.mean)
        book.add(f"{prefix}{name}", value, measure.unit, decimals=decimals, reference=value)
    book.add(f"{prefix}far", d.far, "count")


def _headline(
    x: Exploration, relations: list[Sentence], measures: Mapping[str, Measure], book: FactBook
) -> Sentence:
    """The closest relation, or that there is none."""
    if relations:
        return _shorter(x.relations[0], relations[0], book)
    if x.strongest is None:
        return say("exploration", "What the columns hold")
    names = [lower_first(measures[column].label) for column in (x.strongest.first, x.strongest.second)]
    rho = book.add("relation.strongest.effect", x.strongest.effect, "score")
    text = "No two of these columns are related: the closest are {names}, rho {rho}"
    return say("exploration", text, names=list_words(names), rho=rho)


def _shorter(r: Relation, told: Sentence, book: FactBook) -> Sentence:
    """The closest relation with its size only: how many customers, and the means, are told further down."""
    effect = book["relation.1.effect"]
    if r.kind != "eta2":
        return Sentence("exploration", told.text.rpartition(" (")[0], (effect.id,))
    what = told.text.partition(": on average")[0]
    return say("exploration", "{what}: eta squared {effect}", what=what, effect=effect)


def _spreads(x: Exploration, measures: Mapping[str, Measure], book: FactBook) -> Sentence:
    """The title above the histograms: what reaches farthest beyond the rest."""
    far = [x.distributions[column] for column in x.shown if x.distributions[column].farthest is not None]
    if not far:
        return say("spreads", "No measure reaches far beyond the rest")
    d = max(far, key=lambda d: abs((d.farthest or 0.0) - d.median) / (d.q3 - d.q1))
    return say(
        "spreads",
        "{label} reaches {farthest}; half of the customers lie below {median}"
        if (d.farthest or 0.0) > d.median
        else "{label} goes down to {farthest}; half of the customers lie above {median}",
        label=measures[d.column].label,
        farthest=book[f"all.{d.column}.farthest"],
        median=book[f"all.{d.column}.middle"],
    )


def _together(x: Exploration, book: FactBook) -> list[Sentence]:
    """The title above the correlations: how many of the pairs shown are close."""
    rho = x.correlations.rho
    pairs = [abs(rho[a][b] or 0.0) for a in range(len(rho)) for b in range(a)]
    if not pairs:
        return []
    close, everyone = (
        book.add(f"relation.pairs.{name}", n, "count")
        for name, n in (("close", sum(p >= CLOSE for p in pairs)), ("all", len(pairs)))
    )
    edge = book.add("relation.pairs.edge", CLOSE, "score")
    if len(pairs) == 1:
        return [say("together", "How closely the two go together")]
    verb = "has" if close.value == 1 else "have"
    text = f"{{close}} of {{everyone}} pairs of measures {verb} a rho of {{edge}} or more, up or down"
    if not close.value:
        text = "None of {everyone} pairs of measures has a rho of {edge} or more, up or down"
    return [say("together", text, close=close, everyone=everyone, edge=edge)]


def _relation(
    place: int, r: Relation, measures: Mapping[str, Measure], roles: Mapping[str, Role], book: FactBook
) -> Sentence:
    """A relation in one sentence, with its effect size and the customers it is seen in."""
    effect = book.add(f"relation.{place}.effect", r.effect, "score")
    n = book.add(f"relation.{place}.n", r.n, "count")
    if r.kind == "v":
        names = [lower_first(roles[column].label) for column in (r.first, r.second)]
        text = "{first} and {second} go together: Cramér’s V {effect} ({n} customers)."
        return say("relations", text, first=names[0].capitalize(), second=names[1], effect=effect, n=n)
    if r.kind == "eta2":
        return _means(place, r, measures[r.second], roles[r.first], book)
    one, other = _who_first(measures[r.first], measures[r.second])
    if "number" in (one.role, other.role):
        tail = "rise together" if r.effect > 0 else "move in opposite directions"
        text = f"{{one}} and {{other}} {tail}: rho {{effect}} ({{n}} customers)."
        return say("relations", text, one=one.label, other=lower_first(other.label), effect=effect, n=n)
    text = "{subject} {outcome}: rho {effect} ({n} customers)."
    return say("relations", text, subject=subject(one), outcome=outcome(other, up=r.effect > 0), effect=effect, n=n)


def _means(place: int, r: Relation, measure: Measure, category: Role, book: FactBook) -> Sentence:
    (low, least), (high, most) = r.means
    decimals = decimals_of(measure.unit, book[f"all.{measure.column}.mean"].value)  # type: ignore[arg-type]
    facts = [
        book.add(f"relation.{place}.{name}", value, measure.unit, decimals=decimals, reference=most)
        for name, value in (("lowest", least), ("highest", most))
    ]
    return say(
        "relations",
        "{label} differs by {category}: on average {least} ({low}) to {most} ({high}), "
        "eta squared {effect} ({n} customers).",
        label=measure.label,
        category=lower_first(category.label),
        least=facts[0],
        low=low,
        most=facts[1],
        high=high,
        effect=book[f"relation.{place}.effect"],
        n=book[f"relation.{place}.n"],
    )


def _who_first(first: Measure, second: Measure) -> tuple[Measure, Measure]:
    """Who they are before what they do: the sentence begins with the customers."""
    return (second, first) if second.role in PEOPLE and first.role not in PEOPLE else (first, second)


def _gaps(
    x: Exploration, measures: Mapping[str, Measure], roles: Mapping[str, Role], book: FactBook
) -> list[Sentence]:
    if not x.gaps:
        return [say("gaps", "Every customer has a value in every column.")]
    told = [_gap(place, gap, measures, roles, book) for place, gap in enumerate(x.gaps[:MOST_GAPS], 1)]
    rest = sum(len(gap.columns) for gap in x.gaps[MOST_GAPS:])
    if rest:
        more = book.add("gap.rest", rest, "count")
        text = "{n} more column has empty cells." if rest == 1 else "{n} more columns have empty cells."
        told.append(say("gaps", text, n=more))
    return told


def _gap(
    place: int, gap: Gap, measures: Mapping[str, Measure], roles: Mapping[str, Role], book: FactBook
) -> Sentence:
    """What is empty for how many; and how these customers differ, only where they do."""
    n = book.add(f"gap.{place}.customers", gap.customers, "count")
    share = book.add(f"gap.{place}.share", gap.customers / int(book["all.size"].value), "share")
    names = [label_of(column, measures, roles) for column in gap.columns]
    shown = names if len(names) < 4 else [*names[:2], f"{len(names) - 2} more columns"]
    verb = "is" if len(names) == 1 else "are"
    noun = "customer" if gap.customers == 1 else "customers"
    text = f"{{names}} {verb} empty for {{n}} {noun} ({{share}})"
    if gap.differs_in is None or gap.means is None:
        return say("gaps", f"{text}.", names=_sentence_case(shown), n=n, share=share)
    own, others = _two_means(place, measures[gap.differs_in], gap.means, book)
    label = lower_first(measures[gap.differs_in].label)
    tail = "; their mean of {label} is {own}, against {others} among the others."
    return say(
        "gaps", text + tail, names=_sentence_case(shown), n=n, share=share, label=label, own=own, others=others
    )


def _two_means(place: int, measure: Measure, means: tuple[float, float], book: FactBook) -> tuple[Fact, Fact]:
    decimals = decimals_of(measure.unit, means[1])
    own, others = (
        book.add(f"gap.{place}.{name}", value, measure.unit, decimals=decimals, reference=means[1])
        for name, value in zip(("own", "others"), means, strict=True)
    )
    return own, others


def label_of(column: str, measures: Mapping[str, Measure], roles: Mapping[str, Role]) -> str:
    """What a measure or a category is called in print."""
    return measures[column].label if column in measures else roles[column].label


def _sentence_case(names: list[str]) -> str:
    return list_words([names[0], *(lower_first(name) for name in names[1:])])
