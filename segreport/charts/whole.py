"""The charts that show all segments."""

from __future__ import annotations

from collections.abc import Mapping

from segreport.charts.book import Book, texts
from segreport.domain import Chart, Measure, Segment, Series

WEAK_FROM = 0.25
MOST_PRODUCTS = 8
MULTIPLES = 4
MOVED = 0.15


def segment_sizes(book: Book) -> Chart:
    """Customers by segment."""
    sizes = [book.facts[f"segment.{s.id}.size"] for s in book.segments]
    series = Series("Customers", tuple(s.size for s in book.segments), labels=texts(sizes))
    return Chart(
        "segment_sizes",
        "bars",
        "Customers by segment",
        "Number of customers",
        book.shorts,
        (series,),
        book.alt("Bars of customers", zip(book.shorts, texts(sizes), strict=True)),
        "count",
    )


def value_share(book: Book) -> Chart:
    """The signature chart: share of customers beside share of value."""
    has_value = all(s.value_share is not None for s in book.segments) and book.profile.value is not None
    categories = ("Customers", book.value_name.capitalize()) if has_value else ("Customers",)
    totals = [book.facts["all.size"]] + ([book.facts["all.value.total"]] if has_value else [])
    series = tuple(_two_shares(book, s, has_value) for s in book.segments)
    gap = max((abs((s.value_share or 0.0) - s.share) for s in book.segments), default=0.0) if has_value else 0.0
    name = book.value_name.capitalize()
    title = (
        "How the customers are parted"
        if not has_value
        else f"{name} does not sit where the customers are"
        if gap >= MOVED
        else f"{name} follows the customers"
    )
    subtitle = (
        "Share of customers" + (f" (top) and of {book.value_name} (bottom)" if has_value else "") + ", by segment"
    )
    told = (
        (s.name, " of customers, ".join(s.labels) + (f" of {book.value_name}" if has_value else " of customers"))
        for s in series
    )
    return Chart(
        "value_share",
        "stripes",
        title,
        subtitle,
        categories,
        series,
        book.alt("Two stripes joined by bands", told),
        "share",
        highlight=str(book.hero()),
        notes=texts(totals),
    )


def _two_shares(book: Book, segment: Segment, has_value: bool) -> Series:
    facts = [book.facts[f"segment.{segment.id}.share"]]
    values = [segment.share]
    if has_value:
        facts.append(book.facts[f"segment.{segment.id}.value.share"])
        values.append(segment.value_share or 0.0)
    return Series(segment.short, tuple(values), labels=texts(facts), segment=segment.id)


def profile_heat(book: Book) -> Chart:
    """Every measure of the glance by segment, as distances from the average."""
    rows = book.shown_in("glance")
    series = tuple(_heat(book, segment, rows) for segment in book.segments)
    strongest = sorted(
        ((abs(s.columns[m.column].z or 0.0), s, m) for s in book.segments if s.stability != "tiny" for m in rows),
        key=lambda item: (-item[0], item[1].id),
    )[:3]
    told = ((f"{s.short}, {m.label.lower()}", book.text(f"segment.{s.id}.{m.column}.mean")) for _, s, m in strongest)
    return Chart(
        "profile",
        "heat",
        book.say("glance"),
        "Segment means. Colour shows the distance from the average of all customers in standard deviations "
        "(steps at 0.2, 0.5, 0.8); bold from 0.8.",
        tuple(m.label for m in rows),
        series,
        book.alt("Heat map, most distinct", told, "all values in the table"),
        "z",
        groups=tuple(m.group for m in rows),
    )


def _heat(book: Book, segment: Segment, rows: list[Measure]) -> Series:
    tiny = segment.stability == "tiny"
    values = tuple(None if tiny else segment.columns[m.column].z for m in rows)
    labels = tuple(book.text(f"segment.{segment.id}.{m.column}.mean") for m in rows)
    return Series(segment.short, values, labels=labels, segment=segment.id)


def elbow(book: Book) -> Chart:
    """The within-cluster sum of squares by number of segments."""
    return _by_k(
        book,
        "elbow",
        "wcss",
        "The sum of squares falls with every cut",
        "Within-cluster sum of squares by number of segments",
        (),
    )


def silhouette(book: Book) -> Chart:
    """The silhouette by number of segments, with the edge of weak structure."""
    threshold = (str(WEAK_FROM), f"weak from {book.formats.number(WEAK_FROM, 2)}")
    return _by_k(
        book,
        "silhouette",
        "silhouette",
        book.say("why"),
        "Silhouette by number of segments; higher is better",
        threshold,
    )


def _by_k(book: Book, name: str, score: str, title: str, subtitle: str, notes: tuple[str, ...]) -> Chart:
    scores = book.segmentation.scores
    facts = [book.facts[f"score.{s.k}.{score}"] for s in scores]
    ks = tuple(str(s.k) for s in scores)
    series = Series(subtitle.partition(" by")[0], tuple(getattr(s, score) for s in scores), labels=texts(facts))
    chosen = "" if book.segmentation.verdict == "none" else str(book.segmentation.k)
    told = zip((f"{k} segments" for k in ks), texts(facts), strict=True)
    return Chart(
        name,
        "line",
        title,
        subtitle,
        ks,
        (series,),
        book.alt("Line", told),
        "score" if score == "silhouette" else "number",
        highlight=chosen,
        notes=notes,
    )


def plane(book: Book) -> Chart:
    """Customers on the two main axes of difference."""
    plane = book.profile.plane
    series = tuple(
        Series(s.short, plane.ys[place], xs=plane.xs[place], segment=s.id) for place, s in enumerate(book.segments)
    )
    explained = book.facts["method.explained"].text
    alt = f"Scatter of customers on two axes that hold {explained} of their differences. {book.say('map')}."
    return Chart("map", "scatter", book.say("map"), book.say("map_note"), (), series, alt)


def stability(book: Book) -> Chart:
    """How far each segment comes back in resamples."""
    series = tuple(book.overlap(s) for s in book.segments)
    resamples = book.facts["method.resamples"].text
    told = ((s.name, s.labels[0]) for s in series)
    return Chart(
        "stability",
        "strip",
        book.say("stability"),
        f"Mean overlap with {resamples} resamples (Jaccard)",
        ("Overlap",),
        series,
        book.alt("Strip of overlaps", told),
        "score",
        notes=book.cuts(),
    )


def noise(book: Book) -> Chart:
    """The silhouettes beside those of data without structure."""
    scores = book.segmentation.scores
    own = [book.facts[f"score.{s.k}.centroid_silhouette"] for s in scores]
    series = (
        Series("these customers", tuple(s.centroid_silhouette for s in scores), labels=texts(own)),
        Series(
            "low",
            tuple(s.null_low for s in scores),
            labels=tuple(book.text(f"score.{s.k}.null_low") for s in scores),
        ),
        Series(
            "high",
            tuple(s.null_high for s in scores),
            labels=tuple(book.text(f"score.{s.k}.null_high") for s in scores),
        ),
    )
    ks = tuple(str(s.k) for s in scores)
    title = book.say("noise") or "Beside data without structure"
    subtitle = "Centroid silhouette by number of groups: these customers, and random data sets of the same shape (band)"
    told = zip((f"{k} groups" for k in ks), texts(own), strict=True)
    return Chart(
        "noise",
        "band",
        title,
        subtitle,
        ks,
        series,
        book.alt("Line over a band of random data", told),
        "score",
        highlight=str(book.segmentation.k),
    )


def mix(book: Book) -> Chart | None:
    """How each segment's spending is shared out by product, where there are products."""
    products = [m for m in book.profile.measures if m.role == "spend"]
    if not 2 <= len(products) <= MOST_PRODUCTS or len(book.segments) > MULTIPLES:
        return None
    products.sort(key=lambda m: -book.profile.overall[m.column].mean)
    means = {s.id: [s.columns[m.column].mean for m in products] for s in book.segments}
    everyone = [book.profile.overall[m.column].mean for m in products]
    if min(sum(values) for values in (*means.values(), everyone)) <= 0:
        return None
    series = tuple(_shares(book, s.short, means[s.id], s.id) for s in book.segments)
    whole = _shares(book, "All customers", everyone, None)
    title = _mix_title(book, products, means)
    told = ((s.name, f"{products[0].label.lower()} {s.labels[0]}") for s in series)
    return Chart(
        "mix",
        "multiples",
        title,
        f"Share of each segment's {book.value_name} by product. The tick marks all customers together.",
        tuple(m.label for m in products),
        (*series, whole),
        book.alt("Bars per segment", told),
        "share",
    )


def _mix_title(book: Book, products: list[Measure], means: Mapping[int, list[float]]) -> str:
    first = {max(range(len(products)), key=lambda place: values[place]) for values in means.values()}
    top = products[first.pop()].label if len(first) == 1 else ""
    return f"{top} leads in every segment" if top else "The segments spend on different products"


def _shares(book: Book, name: str, values: list[float], segment: int | None) -> Series:
    shares = [value / sum(values) for value in values]
    return Series(name, tuple(shares), labels=tuple(book.formats.share(share) for share in shares), segment=segment)
