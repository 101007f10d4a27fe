"""Fill a PowerPoint deck: every word, table row, slide and chart that the template asks for."""

from __future__ import annotations

from segreport.render.deck.checking import check, remarks
from segreport.render.deck.writing import render

__all__ = ["check", "remarks", "render"]
