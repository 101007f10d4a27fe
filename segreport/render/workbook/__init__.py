"""The workbook: an Excel template filled with the report, native in every part."""

from __future__ import annotations

from segreport.render.workbook.check import check
from segreport.render.workbook.compose import render

__all__ = ["check", "render"]
