"""segreport: from a table of customers to the segment report that a marketing team sends out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segreport.api import run
    from segreport.notebook import Report

__all__ = ["Report", "run"]


def __getattr__(name: str) -> Any:
    if name == "run":
        from segreport.api import run

        return run
    if name == "Report":
        from segreport.notebook import Report

        return Report
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
