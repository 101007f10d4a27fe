"""A small hand-made Report, complete enough for every document: what renderer tests are fed."""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from segreport.domain import (
    Anova,
    Chart,
    CleaningStep,
    ColumnStats,
    Correlations,
    Distribution,
    Exploration,
    Fact,
    Finding,
    Gap,
    Histogram,
    KScore,
    Measure,
    Note,
    Plane,
    Profile,
    Recommendation,
    Relation,
    Report,
    ReportInfo,
    Role,
    Segment,
    Segmentation,
    Sentence,
    Series,
    Source,
    Table,
    Trait,
    Unit,
    Verdict,
)
from segreport.formatting import Formats, decimals_of

MEASURES = (
    Measure("Spending", "Spending in two years", "Value", "money", "value"),
    Measure("Orders", "Orders", "Value", "count", "orders"),
    Measure("Wine", "Wine", "Products, £ per customer", "number", "spend"),
    Measure("Meat", "Meat", "Products, £ per customer", "number", "spend"),
    Measure("Fish", "Fish", "Products, £ per customer", "number", "spend"),
    Measure("Web", "Web", "Channels, orders per customer", "count", "channel"),
    Measure("Store", "Store", "Channels, orders per customer", "count", "channel"),
    Measure("Income", "Income", "Who they are", "money", "income"),
    Measure("Age", "Age", "Who they are", "years", "age"),
    Measure("Web visits/month", "Web visits a month", "Who they are", "count", "visits"),
)
OVERALL = (607.0, 12.6, 305.0, 167.0, 38.0, 4.1, 5.8, 51959.0, 45.0, 5.3)
NAMES = (
    "Budget families", "Deal seekers, wine, online", "Premium buyers: meat, fish, catalogue", "Regulars: web and store",
    "Young low spenders", "Sweets and fish enthusiasts", "Gourmets: fish, meat", "Gold shoppers, web",
    "Larger families, low spend", "Catalogue readers", "Bargain hunters", "Occasional guests",
)  # fmt: skip
CUSTOMERS = 2212
SPREAD = MEASURES[2:]
FULL_RHO = tuple(tuple(1.0 if a == b else round(0.8 - 0.17 * abs(a - b), 2) for b in range(8)) for a in range(8))
SPREAD_HEADS = (
    "Measure", "Customers with a value", "Empty", "Mean", "Median", "sd", "Lowest", "Lower quartile", "Upper quartile",
    "Highest", "Skewness", "Outliers", "Far outliers", "Farthest outlier",
)  # fmt: skip


def make_report(
    k: int = 3,
    *,
    verdict: Verdict = "weak",
    names: Mapping[int, str] | None = None,
    locale: str = "en_GB",
    tiny: bool = False,
    **overrides: Any,
) -> Report:
    """A report of k segments; ``names`` replaces names by segment id, ``tiny`` makes the last segment four customers.

    Every other keyword replaces the field of Report that has its name.
    """
    formats = Formats(locale, "GBP")
    segments = _share_value([_segment(i, size, k, names or {}) for i, size in enumerate(_sizes(k, tiny), 1)])
    facts = _facts(segments, formats)
    report = Report(
        schema_version="1.0",
        report=ReportInfo("campaign", "Campaign customers", "2014-06", "2014-06-30", "GBP", locale, "duckdb"),
        source=Source("campaign.csv", "0" * 64, CUSTOMERS + 28, 29, {"delimiter": ";"}),
        cleaning=(
            CleaningStep("Rows read", CUSTOMERS + 28),
            CleaningStep("Income missing", -24),
            CleaningStep("Born 1925 or earlier", -4),
            CleaningStep("Rows used", CUSTOMERS),
        ),
        findings=(
            Finding("equal-rows", "Rows that are equal once the id is left out", 182, "kept"),
            Finding("constant", "Columns with one value only", 2, "not used"),
        ),
        roles={m.column: Role(m.role, "by its name", m.label) for m in MEASURES},
        segmentation=_segmentation(k, verdict, segments),
        segments=segments,
        rfm=None,
        facts=facts,
        story=_story(segments, facts, verdict),
        charts=_charts(segments, facts, formats),
        tables=_tables(segments, facts),
        comparison=None,
        warnings=(Note("dates-ambiguous", "Dates could be read two ways; day first was taken."),),
        profile=_profile(segments),
        exploration=_exploration(),
    )
    return replace(report, **overrides)


def _sizes(k: int, tiny: bool) -> list[int]:
    weights = [k - place + 0.5 for place in range(k)]
    sizes = [int(CUSTOMERS * weight / sum(weights)) for weight in weights]
    if tiny:
        sizes[-1] = 4
    sizes[0] += CUSTOMERS - sum(sizes)
    return sizes


def _segment(number: int, size: int, k: int, names: Mapping[int, str]) -> Segment:
    name = names.get(number, NAMES[(number - 1) % len(NAMES)])
    columns = {m.column: _stats(place, number, size, k) for place, m in enumerate(MEASURES)}
    spent = columns["Spending"].mean * size
    tiny = size < 30
    return Segment(
        id=number,
        size=size,
        share=size / CUSTOMERS,
        value=spent,
        value_share=None,
        jaccard=0.99 - 0.03 * number,
        stability="tiny" if tiny else "stable" if number < 8 else "pattern",
        columns=columns,
        categories={"Education": {"Graduation": 0.5, "PhD": 0.3, "Basic": 0.2}},
        name=name,
        short=name.partition(":")[0].partition(",")[0],
        traits=(Trait("wine-lovers", "buy much wine", "Wine", 1.2, "wine"),),
        persona=""
        if tiny
        else f"Households with an income of £{columns['Income'].mean:,.0f}. They order often and take few deals.",
        recommendations=_recommendations(number, 1 if tiny else 3),
    )


def _share_value(segments: list[Segment]) -> tuple[Segment, ...]:
    total = sum(s.value or 0 for s in segments)
    return tuple(replace(s, value_share=(s.value or 0) / total) for s in segments)


def _stats(place: int, number: int, size: int, k: int) -> ColumnStats:
    """Means that differ by segment and measure, and a z-score that goes with them."""
    z = round(((number * 7 + place * 5) % 23) / 10 - 1.1, 2)
    mean = OVERALL[place] * (1 + 0.6 * z / (1.2 if z < 0 else 1))
    return ColumnStats(mean, mean * 0.9, OVERALL[place] / 2, size, 100 * mean / OVERALL[place], z, 0.3)


def _recommendations(number: int, amount: int) -> tuple[Recommendation, ...]:
    advice = (
        ("early-access", "Open early access to rare wines", "Wine £598 against £305: the largest gap in money.", "spending per customer", "no blanket discount"),
        ("catalogue", "Keep investing in the catalogue", "6.0 catalogue orders against 2.7, the largest gap.", "catalogue response rate", ""),
        ("tastings", "Invite them to tastings in the store", "8.4 store orders against 5.8, the highest of all.", "visits after the event", "test in a few stores first"),
    )  # fmt: skip
    return tuple(
        Recommendation(
            rule, action, because, (f"segment.{number}.Wine.mean", "all.Wine.mean"), kpi, caution, 2.0 - rank, level
        )  # type: ignore[arg-type]
        for rank, ((rule, action, because, kpi, caution), level) in enumerate(
            zip(advice[:amount], ("high", "medium", "low"), strict=False)
        )
    )


def _segmentation(k: int, verdict: Verdict, segments: tuple[Segment, ...]) -> Segmentation:
    excess = 0.02 if verdict == "none" else 0.11
    scores = tuple(
        KScore(n, 9000 / n, 0.40 - 0.03 * n, 0.41 - 0.03 * n, 500, 1.4, excess, 0.9, 0.10 + 0.01 * n, 0.14 + 0.01 * n)
        for n in range(2, 9)
    )
    return Segmentation(
        method="kmeans", k=k, seed=42, n_init=10, features=tuple(m.column for m in MEASURES[2:]),
        transforms={m.column: "z" for m in MEASURES[2:]}, verdict=verdict, reason="the largest k that holds",
        scores=scores, rows_fitted=CUSTOMERS, rows_assigned=CUSTOMERS, k_asked=False, agreement=0.95,
        jaccard=tuple(s.jaccard for s in segments), jaccard_min=tuple(s.jaccard - 0.1 for s in segments),
        resamples=40, explained=0.57,
    )  # fmt: skip


def _facts(segments: tuple[Segment, ...], formats: Formats) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}

    def add(name: str, value: float, unit: Unit, decimals: int | None = None) -> None:
        facts[name] = Fact(name, value, unit, formats.write(value, unit, decimals))

    add("all.size", CUSTOMERS, "count")
    add("all.value.total", OVERALL[0] * CUSTOMERS, "money_total")
    add("all.value.mean", OVERALL[0], "money")
    add("segments", len(segments), "count")
    add("silhouette", 0.27, "score")
    for measure, mean in zip(MEASURES, OVERALL, strict=True):
        add(f"all.{measure.column}.mean", mean, measure.unit, decimals_of(measure.unit, mean))
    for measure in SPREAD:
        add(f"all.{measure.column}.lowest", 0, measure.unit)
        add(f"all.{measure.column}.highest", 900, measure.unit)
    for s in segments:
        prefix = f"segment.{s.id}."
        add(f"{prefix}size", s.size, "count")
        add(f"{prefix}share", s.share, "share")
        add(f"{prefix}value.total", s.value or 0, "money_total")
        add(f"{prefix}value.share", s.value_share or 0, "share")
        add(f"{prefix}value.mean", s.columns["Spending"].mean, "money")
        add(f"{prefix}value.ratio", s.columns["Spending"].mean / OVERALL[0], "ratio")
        add(f"{prefix}jaccard", s.jaccard, "score")
        for measure, mean in zip(MEASURES, OVERALL, strict=True):
            stats, decimals = s.columns[measure.column], decimals_of(measure.unit, mean)
            add(f"{prefix}{measure.column}.mean", stats.mean, measure.unit, decimals)
            add(f"{prefix}{measure.column}.median", stats.median, measure.unit, decimals)
            add(f"{prefix}{measure.column}.z", stats.z or 0, "z")
            add(f"{prefix}{measure.column}.index", stats.index or 0, "number")
            add(f"{prefix}{measure.column}.ratio", stats.mean / mean, "ratio")
    return facts


def _story(segments: tuple[Segment, ...], facts: Mapping[str, Fact], verdict: Verdict) -> tuple[Sentence, ...]:
    hero = max(segments, key=lambda s: s.value_share or 0)
    share, value = facts[f"segment.{hero.id}.share"].text, facts[f"segment.{hero.id}.value.share"].text
    headline = f"{hero.short} are {share} of customers and bring {value} of the spending"
    if verdict == "none":
        headline = f"We found no segments among these {facts['all.size']} customers"
    sentences = [
        Sentence("headline", headline, (f"segment.{hero.id}.share", f"segment.{hero.id}.value.share")),
        Sentence("standfirst", "Almost half of the base brings little. In between stand the most frequent web buyers, at half the spending."),
        Sentence("verdict", "The groups come back in every resample, yet they shade into each other: steer by them."),
        Sentence("summary", headline), Sentence("size_value", headline),
        Sentence("glance", "Income separates them all; deals and the catalogue part the buying groups"),
        Sentence("actions", "Keep the best buyers without discounts, then move the others up"),
        Sentence("method", "The groups are the honest answer: stable in resamples, soft at the edges"),
        Sentence("cleaning", "28 of 2,240 rows were left out"),
        Sentence("quality", "28 of 2,240 rows were left out; two things to know"),
        Sentence("exploration", "Customers with a higher income spend more on wine: rho 0.83"),
        Sentence("spreads", "Income reaches £666,666; half of the customers lie below £51,382"),
        Sentence("together", "One of three pairs of measures has a rho of 0.30 or more, up or down"),
        *(Sentence("relations", f"Customers with a higher income spend more on {word}: rho 0.83 (2,216 customers).")
          for word in ("wine", "meat", "fish", "sweets", "fruit")),
        Sentence("gaps", "Income is empty for 24 customers (1%)."),
        Sentence("lacks", "Region or store. Where to act: no local campaign.", (), "Region or store."),
        Sentence("lacks", "Costs and margins. How deep a discount may go.", (), "Costs and margins."),
        Sentence("noise", "The data separate no better than noise"),
        Sentence("apart", "Wine and income set them apart"), Sentence("sure", "How sure we are"),
        Sentence("reason", "Two groups only part small from large spenders. This is the largest number that is still above 0.25."),
        Sentence("map", "The groups blend at the borders"), Sentence("stability", "All come back in every resample"),
        Sentence("source_line", "2,240 rows. Segments: k-means, seed 42."),
        Sentence("value_name", "spending"),
        *(Sentence("figures", label, (fact,)) for fact, label in (
            ("all.size", "customers"), ("all.value.total", "spent in two years"), ("all.value.mean", "average per customer"),
            ("segments", "segments"), ("silhouette", "separation: weak"))),
        *(Sentence("in_short", f"{s.short} spend {facts[f'segment.{s.id}.value.mean']} each.", (f"segment.{s.id}.value.mean",), s.short)
          for s in segments[:4]),
        *(Sentence("first_actions", "Keep them without discounts: early access to rare wines.", (), "Keep them without discounts:") for _ in segments[:3]),
        Sentence("limits", "Place and margin are not in the data."),
        Sentence("rely", "The averages. Means of all customers are sound.", (), "The averages."),
        Sentence("help", "Add behaviour: products bought, channels, dates of orders.", (), "Add behaviour:"),
    ]  # fmt: skip
    for s in segments:
        sentences += _segment_story(s)
    return tuple(sentences)


def _segment_story(s: Segment) -> list[Sentence]:
    at = f"segment.{s.id}."
    labels = (
        ("size", "customers"),
        ("value.share", "of all spending"),
        ("value.mean", "per customer, average £607"),
        ("Wine.mean", "of wine, average 305"),
    )
    return [
        Sentence(f"{at}headline", f"{s.name}: much wine, few visits"),
        Sentence(f"{at}summary", f"{s.short} order often and take few deals."),
        Sentence(f"{at}in_short", f"{s.short} order often.", (), s.short),
        Sentence(f"{at}action", "Open early access to rare wines"),
        Sentence(f"{at}sure", "How sure we are: very sure"),
        *(Sentence(f"{at}figures", label, (f"{at}{fact}",)) for fact, label in labels),
    ]  # fmt: skip


def _charts(segments: tuple[Segment, ...], facts: Mapping[str, Fact], formats: Formats) -> tuple[Chart, ...]:
    hero = max(segments, key=lambda s: s.value_share or 0)
    ks = tuple(str(n) for n in range(2, 9))
    silhouettes = tuple(0.40 - 0.03 * n for n in range(2, 9))
    sil_labels = tuple(formats.number(v, 2) for v in silhouettes)
    means = tuple(m.label for m in MEASURES)
    groups = tuple(m.group for m in MEASURES)
    products = ("Wine", "Meat", "Fish", "Sweets")
    shares = (0.5, 0.3, 0.15, 0.05)

    def own(s: Segment, kind: str) -> tuple[str, ...]:
        return tuple(facts[f"segment.{s.id}.{m.column}.{kind}"].text for m in MEASURES)

    charts = [
        Chart("segment_sizes", "bars", "Customers by segment", "Number of customers", tuple(s.short for s in segments),
              (Series("Customers", tuple(float(s.size) for s in segments), labels=tuple(formats.count(s.size) for s in segments)),),
              "Bars. " + "; ".join(f"{s.short} {s.size}" for s in segments), "count"),
        Chart("value_share", "stripes", "Spending does not sit where the customers are", "Share of customers and of spending",
              ("Customers", "Spending"),
              tuple(Series(s.short, (s.share, s.value_share), (), (facts[f"segment.{s.id}.share"].text, facts[f"segment.{s.id}.value.share"].text), s.id) for s in segments),
              "Two stripes joined by bands. " + "; ".join(f"{s.short}: {facts[f'segment.{s.id}.share']} of customers" for s in segments),
              "share", str(hero.id), (), (facts["all.size"].text, facts["all.value.total"].text)),
        Chart("profile", "heat", "What sets them apart", "Segment means; colour shows the distance from the average", means,
              tuple(Series(s.short, tuple(None if s.stability == "tiny" else s.columns[m.column].z for m in MEASURES), (), own(s, "mean"), s.id) for s in segments),
              "Heat map of the means, all values in the table", "z", "", groups),
        Chart("elbow", "line", "Within-cluster sum of squares", "By number of segments", ks,
              (Series("WCSS", tuple(9000 / n for n in range(2, 9)), (), tuple(formats.count(9000 / n) for n in range(2, 9))),),
              "Line falling from 4,500 at two to 1,125 at eight segments", "number", str(len(segments))),
        Chart("silhouette", "line", "Two groups separate best; more say more", "Silhouette by number of segments, higher is better", ks,
              (Series("Silhouette", silhouettes, (), sil_labels),), "Line of silhouettes from 0.34 to 0.16", "score",
              str(len(segments)), (), ("0.25", "weak from 0.25")),
        Chart("map", "scatter", "The groups blend at the borders", "One dot per customer on the two main axes of difference (57%)", (),
              tuple(_cloud(s) for s in segments), "Scatter of customers; the groups overlap at the borders", "score"),
        Chart("stability", "strip", "All come back in every resample", "Mean overlap with 40 resamples (Jaccard)", (),
              tuple(Series(s.short, (s.jaccard,), (), (facts[f"segment.{s.id}.jaccard"].text,), s.id) for s in segments),
              "Strip of overlaps between 0.6 and 0.99", "score"),
        Chart("noise", "band", "The data separate no better than noise", "Silhouette by number of groups, and the same in noise", ks,
              (Series("these customers", silhouettes, (), sil_labels), Series("low", tuple(v - 0.03 for v in silhouettes)), Series("high", tuple(v + 0.02 for v in silhouettes))),
              "Line inside a band of noise runs, 0.16 to 0.34", "score"),
        Chart("mix", "multiples", "Wine leads every basket", "Share of each segment's spending by product. The tick marks all customers.", products,
              (*(Series(s.short, shares, (), tuple(formats.share(v) for v in shares), s.id) for s in segments),
               Series("All customers", (0.45, 0.3, 0.2, 0.05), (), ("45%", "30%", "20%", "5%"))),
              "Small bars; wine is half of every basket", "share"),
        Chart("distributions", "spreads", "Income reaches £666,666", "Customers by value, the median as a line", tuple(m.label for m in SPREAD),
              tuple(series for m in SPREAD for series in _spread_series(m.label)), "Histograms. Wine: median 20", "count"),
        Chart("correlations", "matrix", "One of three pairs is close", "Spearman’s rank correlation (rho)", tuple(m.label for m in SPREAD),
              tuple(_rho_series(m.label, row, place, formats) for place, (m, row) in enumerate(zip(SPREAD, FULL_RHO, strict=True))),
              "Map of rank correlations. Wine and Income: 0.83", "score"),
    ]  # fmt: skip
    for s in segments:
        charts += _segment_charts(s, facts)
    return tuple(charts)


def _spread_series(label: str) -> tuple[Series, Series]:
    bars = Series(label, (40.0, 30.0, 20.0, 10.0), (0.0, 10.0, 20.0, 30.0, 40.0), ("0", "40"))
    return bars, Series("Median and farthest", (20.0, 1.0), (20.0, 900.0), ("median 20", "one of 900"))


def _rho_series(label: str, row: tuple[float, ...], place: int, formats: Formats) -> Series:
    values = tuple(value if other < place else None for other, value in enumerate(row))
    return Series(label, values, (), tuple("" if v is None else formats.number(v, 2) for v in values))


def _cloud(s: Segment) -> Series:
    xs = tuple(s.id * 1.5 + ((i * 37) % 100) / 40 for i in range(120))
    ys = tuple((s.id % 2) * 1.5 + ((i * 61) % 100) / 40 for i in range(120))
    return Series(s.short, ys, xs, (), s.id)


def _segment_charts(s: Segment, facts: Mapping[str, Fact]) -> list[Chart]:
    at = f"segment.{s.id}."
    ordered = sorted(MEASURES, key=lambda m: (m.group, -(s.columns[m.column].z or 0)))
    z = tuple(s.columns[m.column].z for m in ordered)
    edges = (0.0, 10.0, 20.0, 30.0, 40.0)
    pair = (
        Series(s.short, (0.1, 0.2, 0.5, 0.2), edges, ("0", "40"), s.id),
        Series("All customers", (0.4, 0.3, 0.2, 0.1), edges, ("0", "40")),
    )
    return [
        Chart(f"{at}distinct", "diverging", "Wine and income set them apart", "Distance from the average in standard deviations, and the means",
              tuple(m.label for m in ordered),
              (Series("z", z, (), tuple(facts[f"{at}{m.column}.z"].text for m in ordered), s.id),
               Series("segment", tuple(s.columns[m.column].mean for m in ordered), (), tuple(facts[f"{at}{m.column}.mean"].text for m in ordered), s.id),
               Series("all", tuple(OVERALL[MEASURES.index(m)] for m in ordered), (), tuple(facts[f"all.{m.column}.mean"].text for m in ordered))),
              f"Bars from the average. {s.short}: wine and income above, age below", "z", "", tuple(m.group for m in ordered)),
        Chart(f"{at}distributions", "histograms", "How they spread", "Share of customers", ("Wine", "Income"), (*pair, *pair),
              "Histograms of wine and income, this segment and all customers", "share"),
        Chart(f"{at}stability", "strip", "How sure we are", "The same group came back in 40 of 40 resamples", (),
              (Series(s.short, (s.jaccard,), (), (facts[f"{at}jaccard"].text,), s.id),), f"Strip: {s.short} overlap with their resamples by {facts[f'{at}jaccard']}", "score"),
    ]  # fmt: skip


def _tables(segments: tuple[Segment, ...], facts: Mapping[str, Fact]) -> tuple[Table, ...]:
    numbers = tuple(str(s.id) for s in segments)
    k = len(segments)
    centres = tuple(
        (m.label, *(s.columns[m.column].mean for s in segments), *(s.columns[m.column].z for s in segments))
        for m in MEASURES
    )
    return (
        Table("glance", "", ("column",), tuple((m.column,) for m in MEASURES)),
        Table("method", "", ("label", "text"), (("Method", "k-means, ten starts, seed 42"), ("Measures", "eight"), ("Money", "shown as spent"), ("Average", "all 2,212 customers used"))),
        Table("profile", "Profile", ("Measure", *(s.short for s in segments), "All"),
              tuple((m.label, *(s.columns[m.column].mean for s in segments), OVERALL[i]) for i, m in enumerate(MEASURES)), decimals=(None, *(1 for _ in segments), 1)),
        Table("scores", "Choice of k", ("k", "WCSS", "Silhouette", "Centroid silhouette", "Calinski-Harabasz", "Davies-Bouldin", "Excess over noise", "Lowest mean Jaccard"),
              tuple((n, 9000 / n, 0.40 - 0.03 * n, 0.41, 500.0, 1.4, 0.11, 0.9) for n in range(2, 9)), decimals=(0, 1, 2, 2, 1, 2, 2, 2)),
        Table("segments", "Segments", ("Segment", "Customers", "Share of customers", "Share of spending", "Spending per customer", "How sure"),
              tuple((s.name, s.size, s.share, s.value_share, s.columns["Spending"].mean, "Very stable") for s in segments)),
        Table("centres", "Final cluster centres", ("Measure", *numbers, *numbers), centres, ("1 Budget families, 2 Deal seekers.",),
              (("", 1), ("Mean", k), ("z-score", k)), (None, *(2,) * (2 * k)), 0),
        Table("anova", "ANOVA", ("Measure", "Mean square", "df", "Mean square", "df", "F", "Sig."),
              tuple((m.label, 600.5, k - 1, 0.45, CUSTOMERS - k, 1318.3, "< .001") for m in MEASURES), ("The F tests serve description only.",),
              (("", 1), ("Cluster", 2), ("Error", 2), ("", 2)), (None, 2, 0, 3, 0, 1, None)),
        Table("distances", "Distances between centres", ("Cluster", *numbers),
              tuple((n, *(None if n == other else 3.191 for other in numbers)) for n in numbers), decimals=(None, *(3,) * k)),
        Table("cases", "Number of cases", ("Cluster", "Cases"),
              (*((f"Cluster {s.id}", s.size) for s in segments), ("Valid", CUSTOMERS), ("Missing", 28)), decimals=(None, 0), total_rows=2),
        Table("distributions", "Every measure in figures", SPREAD_HEADS, tuple((m.label, 2212, 0, *(10.0 for _ in range(11))) for m in SPREAD), ("Outliers lie far out.",)),
        Table("correlations", "Correlations", ("Measure", *(m.label for m in SPREAD)), tuple((m.label, *row) for m, row in zip(SPREAD, FULL_RHO, strict=True)), ("Spearman’s rho.",), (), (None, *[2] * 8)),
        Table("relations", "The strongest relations", ("One column", "The other", "Measured by", "Strength", "Customers", "In words"),
              (("Income", "Wine", "Spearman’s rho", 0.83, 2216, "Customers with a higher income spend more on wine: rho 0.83 (2,216 customers)."),)),
        Table("missing", "Empty cells", ("Column", "Customers without a value", "Their mean", "Mean of the others", "In which measure"), (("Income", 24, None, None, None),)),
        *(Table(f"segment.{s.id}.distinct", "", ("column",), tuple((m.column,) for m in MEASURES)) for s in segments),
    )  # fmt: skip


def _profile(segments: tuple[Segment, ...]) -> Profile:
    return Profile(
        measures=MEASURES,
        value="Spending",
        overall={m.column: ColumnStats(v, v * 0.9, v / 2, CUSTOMERS) for m, v in zip(MEASURES, OVERALL, strict=True)},
        overall_categories={"Education": {"Graduation": 0.5, "PhD": 0.3, "Basic": 0.2}},
        segments=segments,
        histograms={"Wine": Histogram((0.0, 10.0, 20.0), (0.5, 0.5), tuple((0.5, 0.5) for _ in segments))},
        plane=Plane(0.57, tuple((0.0, 1.0) for _ in segments), tuple((0.0, 1.0) for _ in segments)),
        anova=tuple(Anova(m.column, 600.5, 2, 0.45, 2209, 1318.3, 0.0) for m in MEASURES),
        distances=tuple(tuple(0.0 if a is b else 3.191 for b in segments) for a in segments),
        missing={},
    )


def _exploration() -> Exploration:
    edges, counts = (0.0, 10.0, 20.0, 30.0, 40.0), (40, 30, 20, 10)
    return Exploration(
        distributions={
            m.column: Distribution(m.column, CUSTOMERS, 0, 30, 20, 12, 0, 900, 10, 40, 1.5, 9, 1, 900, (0, 40), edges, counts)
            for m in SPREAD
        },
        shown=tuple(m.column for m in SPREAD),
        correlations=Correlations(tuple(m.column for m in SPREAD), FULL_RHO),
        relations=(Relation("rho", "Income", "Wine", 0.83, 2216, 0.83),),
        strongest=Relation("rho", "Income", "Wine", 0.83, 2216, 0.83),
        gaps=(Gap(("Income",), 24),),
    )
