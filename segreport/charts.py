"""Profile and Story -> Charts: every chart is data with a message, the same in every format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from segreport.domain import Chart, Fact, Measure, Profile, Segment, Segmentation, Series, Story
from segreport.formatting import Formats, decimals_of, list_words

WEAK_FROM = 0.25
MOST_PRODUCTS = 8
PANELS = 3
MULTIPLES = 4
MOVED = 0.15


def draw_charts(
    profile: Profile, segmentation: Segmentation, story: Story, glance: tuple[str, ...], formats: Formats
) -> tuple[Chart, ...]:
    """Every chart of the report. ``glance`` names the columns of the heat map, in order."""
    book = _Charts(profile, segmentation, story, formats)
    whole = [
        book.segment_sizes(),
        book.value_share(),
        book.profile_heat(glance),
        book.elbow(),
        book.silhouette(),
        book.plane(),
        book.stability(),
        book.noise(),
    ]
    mix = book.mix()
    return (
        *whole,
        *([mix] if mix else []),
        *(chart for segment in story.segments for chart in book.of_segment(segment)),
    )


class _Charts:
    """Draws from one profile and the story told of it."""

    def __init__(self, profile: Profile, segmentation: Segmentation, story: Story, formats: Formats) -> None:
        self.profile, self.segmentation, self.story, self.formats = profile, segmentation, story, formats
        self.segments, self.facts = story.segments, story.facts
        self.measures = {m.column: m for m in profile.measures}
        self.value_name = self._say("value_name")
        self.shorts = tuple(s.short for s in story.segments)

    # ------------------------------------------------------------ all segments

    def segment_sizes(self) -> Chart:
        sizes = [self.facts[f"segment.{s.id}.size"] for s in self.segments]
        series = Series("Customers", tuple(s.size for s in self.segments), labels=_texts(sizes))
        return Chart(
            "segment_sizes",
            "bars",
            "Customers by segment",
            "Number of customers",
            self.shorts,
            (series,),
            self._alt("Bars of customers", zip(self.shorts, _texts(sizes), strict=True)),
            "count",
        )

    def value_share(self) -> Chart:
        has_value = all(s.value_share is not None for s in self.segments) and self.profile.value is not None
        categories = ("Customers", self.value_name.capitalize()) if has_value else ("Customers",)
        totals = [self.facts["all.size"]] + ([self.facts["all.value.total"]] if has_value else [])
        series = tuple(self._two_shares(s, has_value) for s in self.segments)
        gap = max((abs((s.value_share or 0.0) - s.share) for s in self.segments), default=0.0) if has_value else 0.0
        name = self.value_name.capitalize()
        title = (
            "How the customers are parted"
            if not has_value
            else f"{name} does not sit where the customers are"
            if gap >= MOVED
            else f"{name} follows the customers"
        )
        subtitle = (
            "Share of customers" + (f" (top) and of {self.value_name} (bottom)" if has_value else "") + ", by segment"
        )
        told = (
            (s.name, " of customers, ".join(s.labels) + (f" of {self.value_name}" if has_value else " of customers"))
            for s in series
        )
        return Chart(
            "value_share",
            "stripes",
            title,
            subtitle,
            categories,
            series,
            self._alt("Two stripes joined by bands", told),
            "share",
            highlight=str(self._hero()),
            notes=_texts(totals),
        )

    def _two_shares(self, segment: Segment, has_value: bool) -> Series:
        facts = [self.facts[f"segment.{segment.id}.share"]]
        values = [segment.share]
        if has_value:
            facts.append(self.facts[f"segment.{segment.id}.value.share"])
            values.append(segment.value_share or 0.0)
        return Series(segment.short, tuple(values), labels=_texts(facts), segment=segment.id)

    def profile_heat(self, glance: tuple[str, ...]) -> Chart:
        rows = [self.measures[column] for column in glance]
        series = tuple(self._heat(segment, rows) for segment in self.segments)
        strongest = sorted(
            ((abs(s.columns[m.column].z or 0.0), s, m) for s in self.segments if s.stability != "tiny" for m in rows),
            key=lambda item: (-item[0], item[1].id),
        )[:3]
        told = (
            (f"{s.short}, {m.label.lower()}", self._text(f"segment.{s.id}.{m.column}.mean")) for _, s, m in strongest
        )
        return Chart(
            "profile",
            "heat",
            self._say("glance"),
            "Segment means. Colour shows the distance from the average of all customers in standard deviations "
            "(steps at 0.2, 0.5, 0.8); bold from 0.8.",
            tuple(m.label for m in rows),
            series,
            self._alt("Heat map, most distinct", told, "all values in the table"),
            "z",
            groups=tuple(m.group for m in rows),
        )

    def _heat(self, segment: Segment, rows: list[Measure]) -> Series:
        tiny = segment.stability == "tiny"
        values = tuple(None if tiny else segment.columns[m.column].z for m in rows)
        labels = tuple(self._text(f"segment.{segment.id}.{m.column}.mean") for m in rows)
        return Series(segment.short, values, labels=labels, segment=segment.id)

    def elbow(self) -> Chart:
        return self._by_k(
            "elbow",
            "wcss",
            "The sum of squares falls with every cut",
            "Within-cluster sum of squares by number of segments",
            (),
        )

    def silhouette(self) -> Chart:
        threshold = (str(WEAK_FROM), f"weak from {self.formats.number(WEAK_FROM, 2)}")
        return self._by_k(
            "silhouette",
            "silhouette",
            self._say("why"),
            "Silhouette by number of segments; higher is better",
            threshold,
        )

    def _by_k(self, name: str, score: str, title: str, subtitle: str, notes: tuple[str, ...]) -> Chart:
        scores = self.segmentation.scores
        facts = [self.facts[f"score.{s.k}.{score}"] for s in scores]
        ks = tuple(str(s.k) for s in scores)
        series = Series(subtitle.partition(" by")[0], tuple(getattr(s, score) for s in scores), labels=_texts(facts))
        chosen = str(self.segmentation.k)
        told = zip((f"{k} segments" for k in ks), _texts(facts), strict=True)
        return Chart(
            name,
            "line",
            title,
            subtitle,
            ks,
            (series,),
            self._alt("Line", told),
            "score" if score == "silhouette" else "number",
            highlight=chosen,
            notes=notes,
        )

    def plane(self) -> Chart:
        plane = self.profile.plane
        series = tuple(
            Series(s.short, plane.ys[place], xs=plane.xs[place], segment=s.id) for place, s in enumerate(self.segments)
        )
        explained = self.facts["method.explained"].text
        alt = f"Scatter of customers on two axes that hold {explained} of their differences. {self._say('map')}."
        return Chart("map", "scatter", self._say("map"), self._say("map_note"), (), series, alt)

    def stability(self) -> Chart:
        series = tuple(self._overlap(s) for s in self.segments)
        resamples = self.facts["method.resamples"].text
        told = ((s.name, s.labels[0]) for s in series)
        return Chart(
            "stability",
            "strip",
            self._say("stability"),
            f"Mean overlap with {resamples} resamples (Jaccard)",
            ("Overlap",),
            series,
            self._alt("Strip of overlaps", told),
            "score",
        )

    def _overlap(self, segment: Segment) -> Series:
        return Series(
            segment.short, (segment.jaccard,), labels=(self._text(f"segment.{segment.id}.jaccard"),), segment=segment.id
        )

    def noise(self) -> Chart:
        scores = self.segmentation.scores
        own = [self.facts[f"score.{s.k}.centroid_silhouette"] for s in scores]
        series = (
            Series("these customers", tuple(s.centroid_silhouette for s in scores), labels=_texts(own)),
            Series(
                "low",
                tuple(s.null_low for s in scores),
                labels=tuple(self._text(f"score.{s.k}.null_low") for s in scores),
            ),
            Series(
                "high",
                tuple(s.null_high for s in scores),
                labels=tuple(self._text(f"score.{s.k}.null_high") for s in scores),
            ),
        )
        ks = tuple(str(s.k) for s in scores)
        title = self._say("noise") or "Beside data without structure"
        subtitle = (
            "Centroid silhouette by number of groups: these customers, and random data sets of the same shape (band)"
        )
        told = zip((f"{k} groups" for k in ks), _texts(own), strict=True)
        return Chart(
            "noise",
            "band",
            title,
            subtitle,
            ks,
            series,
            self._alt("Line over a band of random data", told),
            "score",
            highlight=str(self.segmentation.k),
        )

    def mix(self) -> Chart | None:
        """How each segment's spending is shared out by product, where there are products."""
        products = [m for m in self.profile.measures if m.role == "spend"]
        if not 2 <= len(products) <= MOST_PRODUCTS or len(self.segments) > MULTIPLES:
            return None
        products.sort(key=lambda m: -self.profile.overall[m.column].mean)
        means = {s.id: [s.columns[m.column].mean for m in products] for s in self.segments}
        everyone = [self.profile.overall[m.column].mean for m in products]
        if min(sum(values) for values in (*means.values(), everyone)) <= 0:
            return None
        series = tuple(self._shares(s.short, means[s.id], s.id) for s in self.segments)
        whole = self._shares("All customers", everyone, None)
        title = self._mix_title(products, means)
        told = ((s.name, f"{products[0].label.lower()} {s.labels[0]}") for s in series)
        return Chart(
            "mix",
            "multiples",
            title,
            f"Share of each segment's {self.value_name} by product. The tick marks all customers together.",
            tuple(m.label for m in products),
            (*series, whole),
            self._alt("Bars per segment", told),
            "share",
        )

    def _mix_title(self, products: list[Measure], means: Mapping[int, list[float]]) -> str:
        first = {max(range(len(products)), key=lambda place: values[place]) for values in means.values()}
        top = products[first.pop()].label if len(first) == 1 else ""
        return f"{top} leads in every segment" if top else "The segments spend on different products"

    def _shares(self, name: str, values: list[float], segment: int | None) -> Series:
        shares = [value / sum(values) for value in values]
        return Series(name, tuple(shares), labels=tuple(self.formats.share(share) for share in shares), segment=segment)

    # ------------------------------------------------------------ one segment

    def of_segment(self, segment: Segment) -> list[Chart]:
        strip = self._overlap(segment)
        sure = Chart(
            f"segment.{segment.id}.stability",
            "strip",
            self._say(f"segment.{segment.id}.sure"),
            f"Mean overlap with {self.facts['method.resamples'].text} resamples (Jaccard)",
            ("Overlap",),
            (strip,),
            self._alt("Strip of overlap", [(segment.short, strip.labels[0])]),
            "score",
        )
        return [self._distinct(segment), self._distributions(segment), sure]

    def _distinct(self, segment: Segment) -> Chart:
        groups = list(dict.fromkeys(m.group for m in self.profile.measures))
        ranked = sorted(self.profile.measures, key=lambda m: -abs(segment.columns[m.column].z or 0.0))[:14]
        rows = sorted(ranked, key=lambda m: (groups.index(m.group), -(segment.columns[m.column].z or 0.0)))
        prefix = f"segment.{segment.id}."
        zs = Series(
            "Distance in standard deviations",
            tuple(segment.columns[m.column].z or 0.0 for m in rows),
            labels=tuple(self._text(f"{prefix}{m.column}.z") for m in rows),
            segment=segment.id,
        )
        own = Series(
            segment.short,
            tuple(segment.columns[m.column].mean for m in rows),
            labels=tuple(self._text(f"{prefix}{m.column}.mean") for m in rows),
            segment=segment.id,
        )
        everyone = Series(
            "All customers",
            tuple(self.profile.overall[m.column].mean for m in rows),
            labels=tuple(self._text(f"all.{m.column}.mean") for m in rows),
        )
        told = ((m.label, self._text(f"{prefix}{m.column}.z")) for m in ranked[:4])
        return Chart(
            f"{prefix}distinct",
            "diverging",
            self._say(f"{prefix}apart"),
            "Distance from the average in standard deviations, and the means",
            tuple(m.label for m in rows),
            (zs, own, everyone),
            self._alt("Diverging bars, most distinct", told, "all values on the bars"),
            "z",
            groups=tuple(m.group for m in rows),
        )

    def _distributions(self, segment: Segment) -> Chart:
        ranked = [m for m in self.profile.measures if m.unit != "share"]
        ranked.sort(key=lambda m: -abs(segment.columns[m.column].z or 0.0))
        panels = ranked[:PANELS]
        series: list[Series] = []
        for measure in panels:
            histogram = self.profile.histograms[measure.column]
            ends = tuple(self._edge(measure, edge) for edge in (histogram.edges[0], histogram.edges[-1]))
            series.append(Series(segment.short, histogram.segments[segment.id - 1], histogram.edges, ends, segment.id))
            series.append(Series("All customers", histogram.all, histogram.edges, ends))
        told = ((m.label, self._medians(segment, m)) for m in panels)
        names = list_words([m.label.lower() for m in panels])
        return Chart(
            f"segment.{segment.id}.distributions",
            "histograms",
            "How they spread",
            f"Customers by {names}: this segment, and all customers in grey",
            tuple(m.label for m in panels),
            tuple(series),
            self._alt("Histograms", told),
            "share",
        )

    def _medians(self, segment: Segment, measure: Measure) -> str:
        own, everyone = (self._text(f"{who}.{measure.column}.median") for who in (f"segment.{segment.id}", "all"))
        return f"median {own}, all {everyone}"

    def _edge(self, measure: Measure, edge: float) -> str:
        return self.formats.write(
            edge, measure.unit, 0 if measure.unit == "count" else decimals_of(measure.unit, edge or 10.0)
        )

    # ------------------------------------------------------------ helpers

    def _say(self, section: str) -> str:
        return next((s.text for s in self.story.sentences if s.section == section), "")

    def _text(self, id_: str) -> str:
        fact: Fact | None = self.facts.get(id_)
        return fact.text if fact else "–"

    def _hero(self) -> int:
        return max(
            self.segments, key=lambda s: ((s.value_share if s.value_share is not None else s.share) - s.share, -s.id)
        ).id

    def _alt(self, kind: str, told: Iterable[tuple[str, str]], tail: str = "") -> str:
        pairs = list(told)
        text = f"{kind}. " + "; ".join(f"{name}: {figure}" for name, figure in pairs)
        while len(text) > 280 and len(pairs) > 2:
            pairs.pop()
            tail = tail or "all values in the table"
            text = f"{kind}. " + "; ".join(f"{name}: {figure}" for name, figure in pairs)
        return f"{text}; {tail}." if tail else f"{text}."


def _texts(facts: list[Fact]) -> tuple[str, ...]:
    return tuple(fact.text for fact in facts)
