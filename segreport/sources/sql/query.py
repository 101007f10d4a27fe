"""The text of a query, and what is said of every query that cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segreport.errors import InputError

if TYPE_CHECKING:
    from segreport.config import InputSection

SELECT_HINT = "write one SELECT statement"
NAMES_HINT = "check the names of its tables and columns"


def refuse_both(options: InputSection) -> None:
    """A table and a query at once: one of them would be passed by in silence."""
    if options.table and options.query is not None:
        raise InputError("both a table and a query are given", "leave out --query, or ?table= after the database")


def bare(query: str) -> str:
    """The query without what ends it, so that it can stand in brackets."""
    return query.strip().rstrip(";").strip()


def no_select() -> InputError:
    """A statement that answers with no rows, or with rows that it has changed."""
    return InputError("the query gives no table: it is not a SELECT", SELECT_HINT)


def too_many() -> InputError:
    """More than one statement."""
    return InputError("the query is more than one statement", SELECT_HINT)


def too_long(seconds: int) -> InputError:
    """A query that was ended when its time was up."""
    unit = "second" if seconds == 1 else "seconds"
    hint = "allow more with timeout under [input], or ask for less"
    return InputError(f"the query took longer than {seconds:,} {unit}", hint)
