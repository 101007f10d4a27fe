"""The charts of one segment."""

from __future__ import annotations

from segreport.charts.book import Book
from segreport.domain import Chart, Measure, Segment, Series
from segreport.formatting import decimals_of, list_words

PANELS = 3


def of_segment(book: Book, segment: Segment) -> list[Chart]:
    """What sets it apart, how its measures spread, and how sure it is."""
    strip = book.overlap(segment)
    sure = Chart(
        f"segment.{segment.id}.stability",
        "strip",
        book.say(f"segment.{segment.id}.sure"),
        f"Mean overlap with {book.facts['method.resamples'].text} resamples (Jaccard)",
        ("Overlap",),
        (strip,),
        book.alt("Strip of overlap", [(segment.short, strip.labels[0])]),
        "score",
        notes=book.cuts(),
    )
    return [_distinct(book, segment), _distributions(book, segment), sure]


def _distinct(book: Book, segment: Segment) -> Chart:
    prefix = f"segment.{segment.id}."
    rows = book.shown_in(f"{prefix}distinct")
    ranked = sorted(rows, key=lambda m: -abs(segment.columns[m.column].z or 0.0))
    zs = Series(
        "Distance in standard deviations",
        tuple(segment.columns[m.column].z or 0.0 for m in rows),
        labels=tuple(book.text(f"{prefix}{m.column}.z") for m in rows),
        segment=segment.id,
    )
    own = Series(
        segment.short,
        tuple(segment.columns[m.column].mean for m in rows),
        labels=tuple(book.text(f"{prefix}{m.column}.mean") for m in rows),
        segment=segment.id,
    )
    everyone = Series(
        "All customers",
        tuple(book.profile.overall[m.column].mean for m in rows),
        labels=tuple(book.text(f"all.{m.column}.mean") for m in rows),
    )
    told = ((m.label, book.text(f"{prefix}{m.column}.z")) for m in ranked[:4])
    return Chart(
        f"{prefix}distinct",
        "diverging",
        book.say(f"{prefix}apart"),
        "Distance from the average in standard deviations, and the means",
        tuple(m.label for m in rows),
        (zs, own, everyone),
        book.alt("Diverging bars, most distinct", told, "all values on the bars"),
        "z",
        groups=tuple(m.group for m in rows),
    )


def _distributions(book: Book, segment: Segment) -> Chart:
    ranked = [m for m in book.profile.measures if m.unit != "share" and not m.aside]
    ranked.sort(key=lambda m: -abs(segment.columns[m.column].z or 0.0))
    panels = ranked[:PANELS]
    series: list[Series] = []
    for measure in panels:
        histogram = book.profile.histograms[measure.column]
        ends = tuple(_edge(book, measure, edge) for edge in (histogram.edges[0], histogram.edges[-1]))
        series.append(Series(segment.short, histogram.segments[segment.id - 1], histogram.edges, ends, segment.id))
        series.append(Series("All customers", histogram.all, histogram.edges, ends))
    told = ((m.label, _medians(book, segment, m)) for m in panels)
    names = list_words([m.label.lower() for m in panels])
    return Chart(
        f"segment.{segment.id}.distributions",
        "histograms",
        "How they spread",
        f"Customers by {names}; all customers in grey, the outer bars hold the extreme 1%",
        tuple(m.label for m in panels),
        tuple(series),
        book.alt("Histograms", told),
        "share",
    )


def _medians(book: Book, segment: Segment, measure: Measure) -> str:
    own, everyone = (book.text(f"{who}.{measure.column}.median") for who in (f"segment.{segment.id}", "all"))
    return f"median {own}, all {everyone}"


def _edge(book: Book, measure: Measure, edge: float) -> str:
    mean = book.profile.overall[measure.column].mean
    return book.formats.write(edge, measure.unit, 0 if measure.unit == "count" else decimals_of(measure.unit, mean))
