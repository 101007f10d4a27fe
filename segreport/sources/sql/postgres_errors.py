"""What PostgreSQL refuses, in one plain line with a remedy, and never with a password in it."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segreport.errors import InputError
from segreport.sources.sql.query import SELECT_HINT, too_long, too_many

if TYPE_CHECKING:
    import psycopg

    from segreport.sources.sql.address import Address

_CHANGES = ("the query would change the database, which is only read here", SELECT_HINT)
_PASSWORD_HINT = "check the user and the password: in the address, in PGPASSWORD or in ~/.pgpass"
_REACH_HINT = "check the host and the port, and that the server runs and may be reached from here"


@dataclass(frozen=True)
class Asked:
    """What was asked of the server, as far as refusals need it."""

    address: Address
    seconds: int


def refuse_connection(error: psycopg.Error, asked: Asked) -> InputError:
    """Why there is no connection; the client library gives no code, only words."""
    text, address = str(error), asked.address
    database = address.database or address.user  # which is what the server takes where none is named
    user = f" of {address.user!r}" if address.user else ""
    if unknown := re.search(r'(?:connection option|query parameter):? "([^"]*)"', text):
        return _unknown_option(unknown[1])
    known = (
        ("no password supplied", "the database asks for a password, and none was given", _PASSWORD_HINT),
        ("password authentication failed", f"the database refuses the password{user}", _PASSWORD_HINT),
        (r"authentication failed|pg_hba\.conf", f"the database lets no connection in{user}", _PASSWORD_HINT),
        ("role .* does not exist", f"the database does not know the user{user[3:]}", _PASSWORD_HINT),
        ("database .* does not exist", f"{address.place} has no database {database!r}", "check its name"),
        ("permission denied", f"the database {database!r} may not be opened", "ask for the right to connect"),
        ("refused|time|unreachable", f"no PostgreSQL server answers at {address.place}", _REACH_HINT),
        ("resolve|translate host|No such file", f"there is no server {address.place}", _REACH_HINT),
        ("too many|connection slots", "the database has no connection left", "try again later"),
        ("SSL|certificate", "there is no encrypted connection as asked for", "check sslmode and the certificates"),
        ("service", "the service that is named is not defined", "check PGSERVICE and pg_service.conf"),
    )
    for pattern, cause, hint in known:
        if re.search(pattern, text, re.IGNORECASE):
            return InputError(cause, hint)
    return InputError(f"no connection to the database at {address.place}{_said(text, address)}", _REACH_HINT)


def refusal(error: psycopg.Error, asked: Asked) -> InputError:
    """Why the server did not run the query, by the codes of the SQL standard and its own."""
    code, said = error.sqlstate or "", _said(error.diag.message_primary or "", asked.address)
    if "multiple commands" in said:
        return too_many()
    if code == "57014":
        return too_long(asked.seconds)
    whole: dict[str, tuple[str, str]] = {
        "25006": _CHANGES,
        "0A000": _CHANGES if "data-modifying" in said else (f"the query cannot be run{said}", SELECT_HINT),
        "55P03": (f"a table was locked for {asked.seconds:,} seconds", "try again later"),
        "42501": (f"the database does not allow it{said}", "ask for the right to SELECT from it"),
        "42P01": (f"the query names what is not there{said}", "check the names of its tables and their schemas"),
        "42703": (f"the query names a column that is not there{said}", "check the names of its columns"),
    }
    kinds = {
        "42": (f"the query cannot be run{said}", f"{SELECT_HINT}, and try it in psql first"),
        "22": (f"a value in the query's answer cannot be computed{said}", "change the query"),
        "08": (f"the connection to the database was lost{said}", "try again"),
        "57": (f"the database ended the query{said}", "try again later"),
        "53": (f"the database has no room for the query{said}", "ask for less, or try again later"),
    }
    fallback = kinds.get(code[:2], (f"the query failed{said}", "check the query and the connection"))
    return InputError(*whole.get(code, fallback))


def _unknown_option(name: str) -> InputError:
    from psycopg.pq import Conninfo

    options = [option.keyword.decode() for option in Conninfo.get_defaults()]
    close = difflib.get_close_matches(name, ["table", *options], n=1)
    hint = f"did you mean {close[0]!r}?" if close else "options of libpq may follow the ?, and table="
    return InputError(f"the address of the database has an unknown option {name!r}", hint)


def _said(text: str, address: Address) -> str:
    """The server's words, unless they hold the password."""
    line = re.sub(r"\s+", " ", text.rpartition("FATAL:")[2]).strip()
    return f": {line}" if line and not (address.password and address.password in line) else ""
