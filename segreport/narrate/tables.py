"""The tables: what is shown at a glance, the whole profile, the scores, and the Quick Cluster set."""

from __future__ import annotations

from segreport.domain import ColumnStats, Measure, Profile, Segment, Segmentation, Table, Trait
from segreport.formatting import Formats
from segreport.narrate.telling import Telling
from segreport.narrate.whole import shown_columns

SPSS_CAVEAT = (
    "The F tests serve description only: the segments were formed to make these differences large, so the levels do "
    "not test the hypothesis that the means are equal."
)


def build_tables(
    profile: Profile,
    segmentation: Segmentation,
    traits: dict[int, tuple[Trait, ...]],
    telling: Telling,
) -> tuple[Table, ...]:
    """Every table of the report, in the order in which they are printed."""
    return (
        _glance(profile),
        *(_distinct(profile, segment, traits[segment.id]) for segment in profile.segments),
        _profile(profile),
        _scores(segmentation),
        _centres(profile, segmentation),
        _anova(profile, telling.formats),
        _distances(profile),
        _cases(profile, segmentation),
        _method(profile, segmentation, telling),
    )


def _heads(profile: Profile) -> tuple[str, ...]:
    return tuple(segment.name for segment in profile.segments)


def _means(profile: Profile, column: str) -> tuple[float | None, ...]:
    means = [s.columns[column].mean if s.columns[column].n else None for s in profile.segments]
    return (*means, profile.overall[column].mean)


def _glance(profile: Profile) -> Table:
    rows = tuple((column, *_means(profile, column)) for column in shown_columns(profile))
    return Table("glance", "Segments at a glance", ("Column", *_heads(profile), "All customers"), rows)


def _distinct(profile: Profile, segment: Segment, traits: tuple[Trait, ...]) -> Table:
    """The rows of the segment's page: grouped, inside a group the largest distance first."""
    groups = list(dict.fromkeys(m.group for m in profile.measures))
    ranked = sorted(profile.measures, key=lambda m: -abs(segment.columns[m.column].z or 0.0))[:14]
    kept = {m.column for m in ranked}
    rows = sorted(
        (m for m in profile.measures if m.column in kept),
        key=lambda m: (groups.index(m.group), -(segment.columns[m.column].z or 0.0)),
    )
    cells = tuple((m.column, segment.columns[m.column].z, *_two_means(profile, segment, m.column)) for m in rows)
    return Table(
        f"segment.{segment.id}.distinct", "What sets them apart", ("Column", "z", "Segment", "All customers"), cells
    )


def _two_means(profile: Profile, segment: Segment, column: str) -> tuple[float, float]:
    return segment.columns[column].mean, profile.overall[column].mean


def _profile(profile: Profile) -> Table:
    rows = [row for measure in profile.measures for row in _measure_rows(profile, measure)]
    for category, shares in profile.overall_categories.items():
        for value, share in shares.items():
            own = [s.categories[category].get(value, 0.0) for s in profile.segments]
            rows.append((category, f"share: {value}", *own, share, None))
    heads = ("Measure", "Statistic", *_heads(profile), "All customers", "Eta squared")
    return Table("profile", "Profile of the segments", heads, tuple(rows))


def _measure_rows(profile: Profile, measure: Measure) -> list[tuple[str | float | int | None, ...]]:
    """The statistics of one measure, a row each: of the segment, of all the others, of all customers."""
    own = [segment.columns[measure.column] for segment in profile.segments]
    everyone = profile.overall[measure.column]
    rests = [_rest(stats, everyone) for stats in own]
    return [
        (measure.label, "mean", *(s.mean for s in own), everyone.mean, own[0].eta2),
        (measure.label, "mean of the others", *rests, None, None),
        (measure.label, "median", *(s.median for s in own), everyone.median, None),
        (measure.label, "sd", *(s.sd for s in own), everyone.sd, None),
        (measure.label, "z of the mean", *(s.z for s in own), None, None),
        (measure.label, "customers with a value", *(s.n for s in own), everyone.n, None),
    ]


def _rest(own: ColumnStats, everyone: ColumnStats) -> float | None:
    """The mean of the customers outside the segment."""
    others = everyone.n - own.n
    return (everyone.mean * everyone.n - own.mean * own.n) / others if others else None


def _scores(segmentation: Segmentation) -> Table:
    heads = (
        "Segments",
        "Within-cluster sum of squares",
        "Silhouette",
        "Centroid silhouette",
        "Calinski-Harabasz",
        "Davies-Bouldin",
        "Excess over noise",
        "Lowest mean Jaccard",
    )
    rows = tuple(
        (
            s.k,
            s.wcss,
            s.silhouette,
            s.centroid_silhouette,
            s.calinski_harabasz,
            s.davies_bouldin,
            s.excess,
            s.min_jaccard,
        )
        for s in segmentation.scores
    )
    return Table("scores", "Scores by number of segments", heads, rows, decimals=(0, 1, 2, 2, 1, 2, 2, 2))


def _labels(profile: Profile) -> dict[str, str]:
    return {m.column: m.label for m in profile.measures}


def _numbers(profile: Profile) -> tuple[str, ...]:
    return tuple(str(segment.id) for segment in profile.segments)


def _centres(profile: Profile, segmentation: Segmentation) -> Table:
    labels, k = _labels(profile), len(profile.segments)
    rows: list[tuple[str | float | int | None, ...]] = []
    for column in segmentation.features:
        stats = [s.columns[column] for s in profile.segments]
        rows.append((labels[column], *(s.mean for s in stats), *(s.z for s in stats)))
    rows.append(("Number of cases", *(s.size for s in profile.segments), *([None] * k)))
    note = ", ".join(f"{segment.id} {segment.short}" for segment in profile.segments)
    return Table(
        "centres",
        "Final cluster centres",
        ("Measure", *_numbers(profile), *_numbers(profile)),
        tuple(rows),
        (f"{note}.",),
        (("", 1), ("Mean", k), ("z-score of the mean", k)),
        (None, *([2] * 2 * k)),
        1,
    )


def _anova(profile: Profile, formats: Formats) -> Table:
    labels = _labels(profile)
    rows = tuple(
        (
            labels[a.column],
            a.cluster_mean_square,
            a.cluster_df,
            a.error_mean_square,
            a.error_df,
            a.f,
            _sig(a.p, formats),
        )
        for a in profile.anova
    )
    heads = ("Measure", "Mean square", "df", "Mean square", "df", "F", "Sig.")
    spanners = (("", 1), ("Cluster", 2), ("Error", 2), ("", 2))
    return Table("anova", "ANOVA", heads, rows, (SPSS_CAVEAT,), spanners, (None, 2, 0, 3, 0, 1, None))


def _sig(p: float, formats: Formats) -> str:
    dot = formats.number(0.5, 1)[1]
    return f"< {dot}001" if p < 0.001 else formats.number(p, 3)[1:] if p < 1 else formats.number(1, 3)


def _distances(profile: Profile) -> Table:
    rows = tuple(
        (str(place), *(None if place == other else value for other, value in enumerate(row, 1)))
        for place, row in enumerate(profile.distances, 1)
    )
    return Table(
        "distances",
        "Distances between final cluster centres",
        ("Cluster", *_numbers(profile)),
        rows,
        decimals=(None, *([3] * len(profile.segments))),
    )


def _cases(profile: Profile, segmentation: Segmentation) -> Table:
    rows: list[tuple[str | float | int | None, ...]] = [(f"Cluster {s.id}", s.size) for s in profile.segments]
    rows += [("Valid", segmentation.rows_assigned), ("Missing", 0)]
    return Table(
        "cases", "Number of cases in each cluster", ("Cluster", "Cases"), tuple(rows), decimals=(None, 0), total_rows=2
    )


def _method(
    profile: Profile,
    segmentation: Segmentation,
    telling: Telling,
) -> Table:
    labels, formats = _labels(profile), telling.formats
    logs = [labels[c] for c in segmentation.features if segmentation.transforms.get(c, "").startswith("log")]
    scaled = any("z-score" in t for t in segmentation.transforms.values())
    how = f"k-means, {segmentation.n_init} starts, seed {segmentation.seed}" + (", on z-scores" if scaled else "")
    money = "as in the data; nothing is capped" + (
        "" if telling.currency_known else f"; shown in {formats.currency_name}, as no currency is named"
    )
    rows = [
        ("Method", how),
        ("Measures", f"{_some([labels[c] for c in segmentation.features])}: {len(segmentation.features)}"),
        ("Money", money) if profile.value or any(m.unit == "money" for m in profile.measures) else None,
        ("“Above average”", "at least 0.2 standard deviations above the mean of all, and four standard errors"),
        ("Before clustering", f"logarithms of {_some(logs)}") if logs else None,
    ]
    return Table("method", "How it was done", ("", ""), tuple(row for row in rows if row is not None))


def _some(names: list[str], letters: int = 150) -> str:
    """The names in a row; where that would take more letters than this, the first, and how many more."""
    most = next((place for place in range(len(names)) if len(", ".join(names[: place + 1])) > letters), len(names))
    rest = f" and {len(names) - most} more" if most < len(names) else ""
    return ", ".join(names[:most]).lower() + rest
