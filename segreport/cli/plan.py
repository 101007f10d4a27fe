"""What a run would do, said without doing it."""

from __future__ import annotations

from segreport.clean import clean
from segreport.config import RunConfig
from segreport.features import build_features
from segreport.formatting import Formats
from segreport.publish import check_folder
from segreport.render import FORMATS
from segreport.roles import detect_roles
from segreport.sources import read


def describe_plan(config: RunConfig) -> str:
    """The reading, the ledger, the features and the files of a run, a line each."""
    options = config.input
    table = read(config.source, delimiter=options.delimiter, encoding=options.encoding, sheet=options.sheet)
    cleaned = clean(detect_roles(table, id_column=options.id, overrides=config.roles), as_of=options.as_of)
    features = build_features(cleaned, asked=config.segment.features)
    folder = config.folder or config.outputs.folder / config.name / cleaned.period
    check_folder(folder)
    count = Formats(config.report.locale, config.currency).count
    asked, low, high = config.k_range
    files = [FORMATS[name].file for name in config.outputs.formats]
    lines = [
        f"read {table.source.file}: " + ", ".join(f"{key} {value}" for key, value in table.source.dialect.items()),
        *(f"{step.rule}: {count(step.rows)}" for step in cleaned.ledger),
        f"reference date: {cleaned.as_of or 'none; no date in the data'}",
        f"segment on: {', '.join(features.chosen)}",
        *(f"leave out {column}: it {reason}" for column, reason in features.left_out.items()),
        f"segments: {asked}" if asked else f"segments: chosen from {low} to {high}",
        f"write to {folder}: {', '.join(files)}, results.json, manifest.json",
    ]
    return "\n".join(lines)
