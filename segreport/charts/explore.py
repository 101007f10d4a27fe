"""The charts of the exploration: how measures spread, and how closely they go together."""

from __future__ import annotations

from segreport.charts.book import Book
from segreport.domain import CORRELATION_STEPS, Chart, Exploration, Measure, Series
from segreport.formatting import list_words


def of_exploration(book: Book, x: Exploration | None) -> list[Chart]:
    """Small histograms and the map of correlations, where there is something to draw."""
    if x is None:
        return []
    charts = [_distributions(book, x)] if x.shown else []
    return [*charts, _correlations(book, x)] if len(x.correlations.columns) > 1 else charts


def _distributions(book: Book, x: Exploration) -> Chart:
    """Two series a panel: the bars, and the marks (the median, and how many lie far out)."""
    measures = [book.measures[column] for column in x.shown]
    series = [series for measure in measures for series in _panel(book, x, measure)]
    told = ((m.label, _in_words(book, m)) for m in measures)
    return Chart(
        "distributions",
        "spreads",
        book.say("spreads"),
        "Customers by value, the median as a line; a ring stands for those who lie more than three interquartile "
        "ranges beyond the quartiles",
        tuple(m.label for m in measures),
        tuple(series),
        book.alt("Histograms", told),
        "count",
    )


def _panel(book: Book, x: Exploration, measure: Measure) -> tuple[Series, Series]:
    prefix, spread = f"all.{measure.column}.", x.distributions[measure.column]
    ends = (book.text(f"{prefix}near_low"), book.text(f"{prefix}near_high"))
    bars = Series(measure.label, tuple(map(float, spread.counts)), spread.edges, ends)
    farthest = spread.median if spread.farthest is None else spread.farthest
    marks = (f"median {book.text(f'{prefix}middle')}", _far(book, measure))
    return bars, Series("Median and farthest", (spread.median, float(spread.far)), (spread.median, farthest), marks)


def _far(book: Book, measure: Measure) -> str:
    """The outliers by number and by the farthest of them: ``one of $666,666``, ``29, up to $1,725``."""
    far, farthest = book.facts[f"all.{measure.column}.far"], book.facts.get(f"all.{measure.column}.farthest")
    if farthest is None:
        return ""
    if far.value == 1:
        return f"one of {farthest}"
    is_above = float(farthest.value) > float(book.facts[f"all.{measure.column}.median"].value)
    return f"{far}, {'up' if is_above else 'down'} to {farthest}"


def _in_words(book: Book, measure: Measure) -> str:
    far = _far(book, measure)
    return f"median {book.text(f'all.{measure.column}.middle')}" + (f", far out {far}" if far else "")


def _correlations(book: Book, x: Exploration) -> Chart:
    """One series a row; nothing above the diagonal, where every figure would stand a second time."""
    columns, rho = x.correlations.columns, x.correlations.rho
    labels = tuple(book.measures[column].label for column in columns)
    series = []
    for place, row in enumerate(rho):
        values = tuple(value if other < place else None for other, value in enumerate(row))
        texts = tuple("" if v is None else book.formats.number(v, 2) for v in values)
        series.append(Series(labels[place], values, labels=texts))
    pairs = [(place, other) for place in range(len(rho)) for other in range(place)]
    closest = sorted(pairs, key=lambda pair: (-abs(rho[pair[0]][pair[1]] or 0.0), pair))[:3]
    told = [(f"{labels[b]} and {labels[a].lower()}", series[a].labels[b]) for a, b in closest]
    steps = [f"±{book.formats.number(edge, 2)}" for edge in CORRELATION_STEPS]
    return Chart(
        "correlations",
        "matrix",
        book.say("together"),
        "Spearman’s rank correlation (rho), from −1 to 1: it asks for no straight line, and outliers hardly move it. "
        f"Colour from {list_words(steps)}",
        labels,
        tuple(series),
        book.alt("Map of rank correlations, the closest", told, "all values in the cells"),
        "score",
    )
