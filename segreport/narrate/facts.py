"""Every number that may be printed, computed and formatted once."""

from __future__ import annotations

from segreport.domain import CleaningStep, ColumnStats, Fact, Measure, Profile, Segment, Segmentation, Source, Unit
from segreport.formatting import Formats, decimals_of


class FactBook:
    """Facts by id; a fact that is asked for and is not there is a bug, not a blank."""

    def __init__(self, formats: Formats) -> None:
        self.formats = formats
        self.facts: dict[str, Fact] = {}

    def add(
        self, id_: str, value: float | int, unit: Unit, *, decimals: int | None = None, reference: float | None = None
    ) -> Fact:
        """Format the value once and keep it under its id."""
        fact = Fact(id_, value, unit, self.formats.write(value, unit, decimals, reference))
        if self.facts.get(id_, fact) != fact:
            raise ValueError(f"two figures want to be the fact {id_!r}")
        self.facts[id_] = fact
        return fact

    def __getitem__(self, id_: str) -> Fact:
        return self.facts[id_]

    def get(self, id_: str) -> Fact | None:
        """The fact, or None where the data does not have it."""
        return self.facts.get(id_)


def collect_facts(
    profile: Profile, segmentation: Segmentation, source: Source, ledger: tuple[CleaningStep, ...], formats: Formats
) -> FactBook:
    """The facts of all customers, of every segment, of the method and of the cleaning."""
    book = FactBook(formats)
    everyone = sum(segment.size for segment in profile.segments)
    book.add("source.rows", source.rows, "count")
    book.add("source.columns", source.columns, "count")
    book.add("all.size", everyone, "count")
    total = _totals(book, profile, everyone)
    for measure in profile.measures:
        _column(book, "all.", measure, profile.overall[measure.column], profile.overall[measure.column])
    for segment in profile.segments:
        _segment(book, profile, segment, total, everyone)
    _method(book, segmentation)
    for place, step in enumerate(ledger):
        book.add(f"cleaning.{place}.rows", step.rows, "count")
    return book


def _totals(book: FactBook, profile: Profile, everyone: int) -> float | None:
    if profile.value is None:
        return None
    total = sum(segment.value or 0.0 for segment in profile.segments)
    book.add("all.value.total", total, "money_total")
    average = total / everyone
    book.add("all.value.mean", average, "money", decimals=decimals_of("money", average), reference=average)
    return total


def _segment(book: FactBook, profile: Profile, segment: Segment, total: float | None, everyone: int) -> None:
    prefix = f"segment.{segment.id}."
    book.add(f"{prefix}size", segment.size, "count")
    book.add(f"{prefix}share", segment.share, "share")
    book.add(f"{prefix}jaccard", segment.jaccard, "score")
    if segment.value is not None and total is not None:
        mean = segment.value / segment.size
        average = total / everyone
        book.add(f"{prefix}value.total", segment.value, "money_total", reference=total)
        book.add(f"{prefix}value.mean", mean, "money", decimals=decimals_of("money", average), reference=average)
        if segment.value_share is not None:
            book.add(f"{prefix}value.share", segment.value_share, "share")
        if average > 0:
            book.add(f"{prefix}value.ratio", mean / average, "ratio")
            book.add(f"{prefix}value.times", mean / average, "number", decimals=1)
    for measure in profile.measures:
        _column(book, prefix, measure, segment.columns[measure.column], profile.overall[measure.column])
    for category, shares in segment.categories.items():
        for value, share in shares.items():
            book.add(f"{prefix}share.{category}.{value}", share, "share")


def _column(book: FactBook, prefix: str, measure: Measure, stats: ColumnStats, overall: ColumnStats) -> None:
    name, decimals = f"{prefix}{measure.column}", decimals_of(measure.unit, overall.mean)
    if not stats.n:
        return
    book.add(f"{name}.mean", stats.mean, measure.unit, decimals=decimals, reference=overall.mean)
    book.add(f"{name}.median", stats.median, measure.unit, decimals=decimals, reference=overall.mean)
    book.add(f"{name}.sd", stats.sd, "number" if measure.unit == "share" else measure.unit, decimals=max(decimals, 1))
    if stats.z is not None:
        book.add(f"{name}.z", stats.z, "z")
    if stats.index is not None:
        book.add(f"{name}.index", stats.index, "number", decimals=0)
        book.add(f"{name}.ratio", stats.index / 100, "ratio")
        book.add(f"{name}.times", stats.index / 100, "number", decimals=1)
    if stats.eta2 is not None and prefix == "segment.1.":
        book.add(f"all.{measure.column}.eta2", stats.eta2, "score")


def _method(book: FactBook, segmentation: Segmentation) -> None:
    book.add("method.k", segmentation.k, "count")
    book.add("method.seed", segmentation.seed, "number")
    book.add("method.starts", segmentation.n_init, "count")
    book.add("method.resamples", segmentation.resamples, "count")
    book.add("method.features", len(segmentation.features), "count")
    book.add("method.agreement", segmentation.agreement, "score")
    book.add("method.explained", segmentation.explained, "share")
    if segmentation.jaccard:
        book.add("method.lowest_overlap", min(segmentation.jaccard), "score")
    for score in segmentation.scores:
        prefix = f"score.{score.k}."
        for name in ("silhouette", "centroid_silhouette", "excess", "davies_bouldin", "null_low", "null_high"):
            book.add(prefix + name, getattr(score, name), "score")
        for name in ("wcss", "calinski_harabasz"):
            book.add(prefix + name, getattr(score, name), "number", decimals=0)
        if score.min_jaccard is not None:
            book.add(f"{prefix}min_jaccard", score.min_jaccard, "score")
