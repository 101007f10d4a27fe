"""The DuckDB session: tables stay in it, out of core where they are large, until figures of them are asked for."""

from __future__ import annotations

from segreport.engine.session import Relation, Session, open_session
from segreport.engine.text import name_of, text_of

__all__ = ["Relation", "Session", "name_of", "open_session", "text_of"]
