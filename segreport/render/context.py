"""Report -> the names that every template sees: plain data, formatted once, no arithmetic left to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from segreport.domain import (
    VERY_STABLE_FROM,
    WEAK_FROM,
    Chart,
    ColumnStats,
    Finding,
    Measure,
    Recommendation,
    Report,
    Segment,
    Sentence,
    Stability,
    Table,
    Verdict,
)
from segreport.formatting import Formats, dotted
from segreport.render.brand import Brand
from segreport.render.explored import correlations_of, reading_of, spreads_of
from segreport.render.names import MANY, slug
from segreport.render.views import HEAT, Badge, View

VERDICT_WORDS: Mapping[Verdict, tuple[int, str]] = {
    "clear": (3, "Clear structure."),
    "weak": (1, "Weak structure."),
    "none": (0, "No structure."),
}
REPEATABLE = (2, "Weak but repeatable structure.")
PRIORITY = {"high": (3, "High"), "medium": (2, "Medium"), "low": (1, "Low")}


def build_context(report: Report, brand: Brand) -> dict[str, Any]:
    """Everything a template may name; see templates/README.md for the list."""
    formats = Formats(report.report.locale, report.report.currency)
    charts = {chart.name: chart for chart in report.charts}
    segments = [_segment(report, segment, brand, formats, charts) for segment in report.segments]
    by_id = {view.id: view for view in segments}
    by_value = [by_id[s.id] for s in sorted(report.segments, key=lambda s: (-_worth(s), s.id))]
    return {
        "report": _info(report, brand, formats),
        "brand": View(**brand.model_dump(exclude={"palette"})),
        "verdict": _verdict(report),
        "figures": _figures(report),
        "story": _story(report),
        "segments": segments,
        "by_value": by_value,
        "rest": list(by_value[5:]),
        "all": _everyone(report, formats),
        "measures": _measures(report),
        "overview": _overview(report),
        "recommendations": _first_advice(report, by_id),
        "cleaning": _cleaning(report, formats),
        "findings": [_finding(finding, formats) for finding in report.findings],
        "reading": reading_of(report, formats),
        "correlations": correlations_of(report, formats),
        "spreads": spreads_of(report, formats),
        "method": [View(label=t[0], text=t[1]) for t in _table(report, "method").rows],
        "contents": _contents(segments),
        "chart": View(**{name: chart for name, chart in charts.items() if not name.startswith("segment.")}),
        "table": View(**{table.name: table for table in report.tables}),
        "warnings": report.warnings,
    }


def heat_step(z: float | None) -> int:
    """The step of the heat scale: edges at 0.2, 0.5 and 0.8 standard deviations."""
    if z is None:
        return 0
    step = sum(round(abs(z), 6) >= edge for edge in (0.2, 0.5, 0.8))
    return step if z > 0 else -step


def stability_badge(stability: Stability, jaccard: float, size_text: str) -> Badge:
    """The badge of a segment: three dots and a word, or the number of customers where there are too few."""
    if stability == "tiny":
        return Badge(0, f"Only {size_text} customers")
    if jaccard >= VERY_STABLE_FROM:
        return Badge(3, "Very stable")
    return {"stable": Badge(2, "Stable"), "pattern": Badge(1, "A pattern")}.get(stability, Badge(0, "Not reliable"))


def _info(report: Report, brand: Brand, formats: Formats) -> View:
    info = report.report
    period = formats.month(info.period)
    return View(
        title=info.title,
        name=info.name,
        period=period,
        head=brand.report_line,
        line=dotted([info.title, period]),
        source_line=f"Source: {report.source.file}, {_sentence(report, 'source_line')}",
        lang=formats.language,
        locale=info.locale,
        currency=info.currency,
        sign=formats.currency_sign,
        value_name=_sentence(report, "value_name"),
        page=brand.page,
        segments=len(report.segments),
        has_value=report.profile.value is not None,
        as_of=info.as_of or "",
    )


def _verdict(report: Report) -> View:
    dots, word = VERDICT_WORDS[report.segmentation.verdict]
    fits = any(s.k == report.segmentation.k and s.excess >= WEAK_FROM for s in report.segmentation.scores)
    stable = all(s.stability in ("stable", "tiny") for s in report.segments)
    if report.segmentation.verdict == "weak" and stable and fits:
        dots, word = REPEATABLE
    return View(key=report.segmentation.verdict, dots=dots, word=word, text=_sentence(report, "verdict"))


def _figures(report: Report) -> list[View]:
    return [_figure(report, s) for s in report.story if s.section == "figures"]


def _figure(report: Report, sentence: Sentence) -> View:
    fact = report.facts[sentence.facts[0]]
    return View(text=fact.text, label=sentence.text, fact=fact)


def _story(report: Report) -> View:
    read_as = Sentence("read_as", f"Read as {', '.join(report.source.dialect.values())}")
    names: dict[str, Any] = {section: [] for section in MANY} | {"read_as": read_as}
    for sentence in report.story:
        if sentence.section in MANY:
            names[sentence.section].append(sentence)
        elif "." not in sentence.section:
            names[sentence.section] = sentence
    return View(**names)


def _sentence(report: Report, section: str) -> str:
    return next((s.text for s in report.story if s.section == section), "")


def _segment(report: Report, segment: Segment, brand: Brand, formats: Formats, charts: Mapping[str, Chart]) -> View:
    facts, paint = report.facts, brand.paint(segment.id)
    prefix = f"segment.{segment.id}."
    words = {s.section.removeprefix(prefix): s for s in report.story if s.section.startswith(prefix)}
    figures = [_figure(report, s) for s in report.story if s.section == f"{prefix}figures"]
    tiny = segment.stability == "tiny"
    columns = _columns(report, prefix, report.profile.measures, segment.columns)
    own: dict[str, Any] = {
        "id": segment.id,
        "name": segment.name,
        "short": segment.short,
        "sheet": f"{segment.id} {segment.short}",
        "size": facts[f"{prefix}size"],
        "share": facts[f"{prefix}share"],
        "value": facts.get(f"{prefix}value.total"),
        "value_share": facts.get(f"{prefix}value.share"),
        "value_mean": facts.get(f"{prefix}value.mean"),
        "ratio": facts.get(f"{prefix}value.ratio"),
        "jaccard": facts[f"{prefix}jaccard"],
        "color": paint.fill,
        "text_color": paint.text,
        "on_color": paint.on,
        "stability": stability_badge(segment.stability, segment.jaccard, facts[f"{prefix}size"].text),
        "tiny": tiny,
        "reliable": segment.stability in ("stable", "pattern"),
        "persona": segment.persona,
        "figures": figures,
        "rows": _segment_rows(report, segment),
        "recommendations": [_advice(report, segment, r, rank) for rank, r in enumerate(segment.recommendations, 1)],
        "accounts": list(_segment_rows(report, segment)) if tiny else [],
        "hero": segment.id == _hero(report),
        "chart": View(
            **{name.removeprefix(prefix): chart for name, chart in charts.items() if name.startswith(prefix)}
        ),
    }
    for section in ("headline", "summary", "in_short", "action", "sure"):
        own[section] = words.get(section, Sentence(section, ""))
    return View(**(columns | own))


def _worth(segment: Segment) -> float:
    return segment.share if segment.value_share is None else segment.value_share


def _hero(report: Report) -> int:
    if not report.segments:
        return 0
    return max(report.segments, key=lambda s: (_worth(s) - s.share, -s.id)).id


def _columns(
    report: Report, prefix: str, measures: Iterable[Measure], columns: Mapping[str, ColumnStats]
) -> dict[str, Any]:
    names = {}
    for measure in measures:
        if measure.column in columns:
            keys = ("mean", "median", "sd", "z", "index", "ratio")
            found = {key: report.facts.get(f"{prefix}{measure.column}.{key}") for key in keys}
            names[slug(measure.column)] = View(**found)
    return names


def _everyone(report: Report, formats: Formats) -> View:
    facts = report.facts
    columns = _columns(report, "all.", report.profile.measures, report.profile.overall)
    return View(
        **(
            columns
            | {
                "size": facts["all.size"],
                "value": facts.get("all.value.total"),
                "value_mean": facts.get("all.value.mean"),
            }
        )
    )


def _cell(report: Report, prefix: str, measure: Measure, stats: ColumnStats | None, *, tiny: bool = False) -> View:
    fact = report.facts.get(f"{prefix}{measure.column}.mean")
    step = None if tiny or stats is None or stats.z is None else heat_step(stats.z)
    return View(
        fact=fact,
        text=fact.text if fact else "–",
        z=report.facts.get(f"{prefix}{measure.column}.z"),
        step=step,
        strong=step is not None and abs(step) == 3,
        color=HEAT[step or 0],
        ratio=report.facts.get(f"{prefix}{measure.column}.ratio"),
    )


def _measures(report: Report) -> list[View]:
    shown = _table(report, "glance").rows
    names = [str(row[0]) for row in shown]
    by_column = {measure.column: measure for measure in report.profile.measures}
    groups: dict[str, list[View]] = {}
    for name in names:
        measure = by_column[name]
        row = View(
            label=measure.label,
            column=measure.column,
            unit=measure.unit,
            cells=[
                _cell(report, f"segment.{s.id}.", measure, s.columns.get(name), tiny=s.stability == "tiny")
                for s in report.segments
            ],
            all=_cell(report, "all.", measure, None),
        )
        groups.setdefault(measure.group, []).append(row)
    return [View(title=title, rows=rows) for title, rows in groups.items()]


def _overview(report: Report) -> list[View]:
    """The rows of ``measures`` that differ most, as many as a page is wide enough for when measures are columns."""
    rows = [row for group in _measures(report) for row in group.rows]
    columns = report.segments[0].columns if report.segments else {}
    ranked = sorted(rows, key=lambda row: -(columns[row.column].eta2 or 0.0))
    kept = {row.column for row in ranked[: 12 if len(report.segments) < 9 else 10]}
    return [row for row in rows if row.column in kept]


def _segment_rows(report: Report, segment: Segment) -> list[View]:
    rows = []
    for row in _table(report, f"segment.{segment.id}.distinct").rows:
        measure = next(m for m in report.profile.measures if m.column == row[0])
        cell = _cell(
            report,
            f"segment.{segment.id}.",
            measure,
            segment.columns.get(measure.column),
            tiny=segment.stability == "tiny",
        )
        rows.append(
            View(
                label=measure.label, group=measure.group, cell=cell, z=cell.z, all=_cell(report, "all.", measure, None)
            )
        )
    return rows


def _advice(report: Report, segment: Segment, advice: Recommendation, rank: int) -> View:
    return View(
        rank=rank,
        rule=advice.rule,
        action=advice.action,
        because=advice.because,
        watch=advice.kpi,
        mind=advice.caution,
        priority=Badge(*PRIORITY[advice.level]),
    )


def _first_advice(report: Report, by_id: Mapping[int, View]) -> list[View]:
    first = [(s.recommendations[0], s) for s in report.segments if s.recommendations]
    first.sort(key=lambda pair: (-pair[0].priority, pair[1].id))
    return [
        View(segment=by_id[s.id], **_advice(report, s, advice, rank)._names)
        for rank, (advice, s) in enumerate(first, 1)
    ]


def _cleaning(report: Report, formats: Formats) -> list[View]:
    last = len(report.cleaning) - 1
    return [
        View(
            rule=step.rule,
            rows=step.rows,
            text=formats.count(step.rows),
            note=step.note,
            total=place in (0, last),
        )
        for place, step in enumerate(report.cleaning)
        if step.rows or place in (0, last)
    ]


def _finding(finding: Finding, formats: Formats) -> View:
    done = finding.done
    for place, (value, unit) in enumerate(finding.values):
        done = done.replace(f"{{{place}}}", formats.write(value, unit))
    amount = formats.write(finding.amount, finding.unit)
    return View(code=finding.code, text=finding.text, amount=amount, value=finding.amount, done=done)


def _contents(segments: list[View]) -> list[View]:
    return [View(sheet=f"{s.id} {s.short}", text=s.headline.text) for s in segments]


def _table(report: Report, name: str) -> Table:
    return next((t for t in report.tables if t.name == name), Table(name, "", (), ()))
