"""What a renderer is handed: the finished report, the template, and where to write."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from segreport.domain import Report
from segreport.render.brand import Brand


@dataclass(frozen=True)
class Job:
    """One document to make: ``customers`` is a Parquet file of row-level data, or None where none is wanted."""

    report: Report
    template: Path
    out: Path
    brand: Brand
    customers: Path | None = None
