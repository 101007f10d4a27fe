"""Small profiles, and the names, traits and rules that an analyst would have given them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segreport.domain import ColumnStats, Measure, Plane, Profile, Segment, Stability
from segreport.formatting import Formats
from segreport.narrate.facts import FactBook
from segreport.narrate.names import LONGEST, name_segments, short_of
from segreport.narrate.playbook import Rule, advise, load_playbook
from segreport.narrate.traits import read_traits
from segreport.paths import templates_folder

MEASURES = (
    Measure("spending", "Spending", "Value", "money", "value"),
    Measure("Wine", "Wine", "Products", "money", "spend", "wine"),
    Measure("Meat", "Meat", "Products", "money", "spend", "meat"),
    Measure("Sweets", "Sweets", "Products", "money", "spend", "sweets"),
    Measure("Web", "Web", "Channels", "count", "channel", "web"),
    Measure("Catalogue", "Catalogue", "Channels", "count", "channel", "catalogue"),
    Measure("Deals", "With a deal", "Channels", "count", "deals"),
    Measure("Income", "Income", "Who they are", "money", "income"),
    Measure("Age", "Age", "Who they are", "years", "age"),
    Measure("Kids", "Children at home", "Who they are", "count", "children"),
    Measure("Visits", "Web visits a month", "Who they are", "count", "visits"),
)
OVERALL = {m.column: ColumnStats(100.0, 100.0, 100.0, 2000) for m in MEASURES}


def segment(number: int, ratio: float | None, size: int = 500, stability: Stability = "stable", **z: float) -> Segment:
    """A segment by its ratio of value to size and the z of its means."""
    columns = {
        m.column: ColumnStats(100 * (1 + z.get(m.column, 0.0)), 100.0, 100.0, size, 100.0, z.get(m.column, 0.0), 0.3)
        for m in MEASURES
    }
    share = size / 2000
    value_share = None if ratio is None else min(1.0, ratio * share)
    return Segment(number, size, share, None, value_share, 0.9, stability, columns, {})


def profile(*segments: Segment) -> Profile:
    value = None if segments[0].value_share is None else "spending"
    return Profile(MEASURES, value, OVERALL, {}, segments, {}, Plane(0.5, (), ()), (), (), {})


def named(*segments: Segment) -> list[str]:
    whole = profile(*segments)
    readings = tuple(read_traits(whole, s) for s in segments)
    names = name_segments(whole, readings, {})
    return [names[s.id][0] for s in segments]


@pytest.mark.parametrize(
    ("own", "name"),
    [
        (segment(1, 2.2, Meat=1.3, Wine=1.0, Catalogue=1.1, Income=1.0), "Premium buyers: meat, wine, catalogue"),
        (segment(1, 1.1, Deals=0.8, Wine=0.4, Web=0.7), "Deal seekers: wine, web"),
        (segment(1, 1.2, Sweets=1.1, Web=0.8), "Sweets enthusiasts: web"),
        (segment(1, 1.0, Web=0.5), "Web regulars"),
        (segment(1, 1.0, Age=0.4), "Older regulars"),
        (segment(1, 0.2, Kids=0.5, Income=-0.8), "Budget families"),
        (segment(1, 0.2, Visits=0.5), "Browsers"),
        (segment(1, 0.3, Income=-0.6), "Budget shoppers"),
        (segment(1, 0.3, Age=0.6), "Older occasional buyers"),
        (segment(1, 0.4), "Cautious spenders"),
        (segment(1, 1.0), "Regulars"),
        (segment(1, 40.0, 23, "tiny"), "Elite"),
        (segment(1, 1.0, 12, "tiny", Age=1.2), "Few customers with high age"),
        (segment(1, None, Income=1.0, Visits=-0.9), "High income and low web visits a month"),
        (segment(1, None), "Close to the average"),
    ],
)
def test_a_segment_is_called_what_a_marketer_would_call_it(own: Segment, name: str) -> None:
    assert named(own) == [name]


def test_names_are_unique_and_short_even_for_twelve_alike() -> None:
    names = named(*(segment(n, 2.0, 150, Meat=1.0) for n in range(1, 13)))
    assert len({short_of(name).lower() for name in names}) == 12
    assert max(map(len, names)) <= LONGEST


def test_the_users_own_name_wins_and_is_not_given_twice() -> None:
    whole = profile(segment(1, 0.4), segment(2, 0.4, 400))
    readings = tuple(read_traits(whole, s) for s in whole.segments)
    names = name_segments(whole, readings, {2: "Cautious spenders"})
    assert names[2][0] == "Cautious spenders"
    assert names[1][0] != "Cautious spenders"


def test_no_trait_below_the_smallest_effect_or_without_enough_customers() -> None:
    weak, few = segment(1, 1.0, Wine=0.19), segment(2, 1.0, 40, Wine=0.4)
    whole = profile(weak, few)
    assert read_traits(whole, weak).traits == ()
    assert read_traits(whole, few).traits == ()
    strong = read_traits(whole, segment(3, 1.0, Wine=0.9)).traits[0]
    assert (strong.id, strong.text) == ("spend:high", "Wine far above the average")


def test_a_tiny_segment_has_no_traits() -> None:
    tiny = segment(1, 3.0, 12, "tiny", Wine=3.0)
    assert read_traits(profile(tiny), tiny).traits == ()


def rules(own: Segment) -> list[str]:
    whole = profile(own, segment(2, 3.0, 300))
    book = FactBook(Formats("en_US", "USD"))
    for prefix in ("all.", "segment.1.", "segment.2."):
        for m in MEASURES:
            for tail in ("mean", "times"):
                book.add(f"{prefix}{m.column}.{tail}", 1.5, m.unit)
        for tail, unit in (("mean", "money"), ("share", "share")):
            book.add(f"{prefix}value.{tail}", 0.5, unit)
        for tail, unit in (("size", "count"), ("share", "share"), ("jaccard", "score")):
            book.add(prefix + tail, 0.5, unit)
    playbook = load_playbook(templates_folder() / "playbook" / "default.toml")
    return [advice.rule for advice in advise(playbook, whole, read_traits(whole, own), book, "They")]


@pytest.mark.parametrize(
    ("own", "first"),
    [
        (segment(1, 2.2, Meat=1.3, Catalogue=1.1, Deals=-0.5), "early-access"),
        (segment(1, 2.2, Meat=1.3, Deals=0.5), "first-access"),
        (segment(1, 1.1, Deals=0.8, Wine=0.4), "deal-alerts"),
        (segment(1, 1.1, Deals=0.8), "deal-alerts-plain"),
        (segment(1, 1.0, Web=0.5), "channel-offers"),
        (segment(1, 0.2, Kids=0.5), "bulk-sizes"),
        (segment(1, 0.4), "first-step"),
        (segment(1, 1.0, stability="unstable"), "investigate"),
        (segment(1, 9.0, 12, "tiny"), "accounts"),
    ],
)
def test_the_first_advice_fits_the_traits(own: Segment, first: str) -> None:
    assert rules(own)[0] == first


def test_an_unstable_or_tiny_segment_gets_one_advice_only() -> None:
    assert rules(segment(1, 2.0, stability="unstable", Meat=1.0)) == ["investigate"]
    assert rules(segment(1, 9.0, 12, "tiny")) == ["accounts"]


def test_no_blanket_coupon_is_offered_to_the_most_valuable() -> None:
    assert not {"deal-alerts", "deal-alerts-plain"} & set(rules(segment(1, 2.2, Deals=0.9, Meat=1.0)))


def test_every_rule_of_the_playbook_can_be_written_out_in_words() -> None:
    playbook = load_playbook(templates_folder() / "playbook" / "default.toml")
    assert len({rule.id for rule in playbook.rule}) == len(playbook.rule) >= 20
    assert all(isinstance(rule, Rule) and rule.because and rule.watch for rule in playbook.rule)


def test_markup_in_a_product_is_literal() -> None:
    evil = replace(MEASURES[1], topic="{value.mean} =cmd|' /C calc'!A1 <b>")
    own = segment(1, 2.0, Wine=1.0)
    whole = replace(profile(own), measures=(MEASURES[0], evil, *MEASURES[2:]))
    assert "{value.mean}" in read_traits(whole, own).traits[0].topic
