"""The address of a database: its parts, and the table named after it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from segreport.errors import InputError

POSTGRESQL, SQLITE, DUCKDB = "postgresql", "sqlite", "duckdb"
_SERVER = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::(\d+))?")
_TABLE = "?table="
_ENCODE = (
    "write it as postgresql://user@host:5432/database?table=customers; in a password @ : / # ? % are written "
    "%40 %3A %2F %23 %3F %25"
)


@dataclass(frozen=True)
class Address:
    """Where a database is; the password, and whatever might hold it, stays out of ``repr``.

    ``driver`` is what SQLAlchemy calls the dialect and driver, ``system`` the first part of it; ``url`` has no table.
    ``host`` and ``port`` are lists with commas where there are several servers; ``database`` may be a path.
    """

    driver: str
    host: str
    port: str
    database: str
    table: str | None
    user: str = field(default="", repr=False)
    password: str | None = field(default=None, repr=False)
    options: Mapping[str, str] = field(default_factory=dict, repr=False)
    url: str = field(default="", repr=False)

    @property
    def system(self) -> str:
        """The database system."""
        name = self.driver.partition("+")[0]
        return POSTGRESQL if name == "postgres" else name

    @property
    def place(self) -> str:
        """The server, as refusals call it."""
        host = self.host or "the server"
        return f"{host}, port {self.port}" if self.port else host


def parse_address(url: str) -> Address:
    """The parts of an address; raises InputError, which does not repeat it."""
    scheme, _, rest = url.partition("://")
    if scheme.partition("+")[0].lower() in (SQLITE, DUCKDB):
        return _file_address(scheme.lower(), rest)
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _unreadable() from None
    user, _, servers = parts.netloc.rpartition("@")
    _refuse_stray_marks(user, f"{parts.path}?{parts.query}", parts.fragment)
    name, _, secret = user.partition(":")
    host, port = _servers(servers)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Address(
        driver=parts.scheme.lower(),
        host=host,
        port=port,
        database=unquote(parts.path[1:]),
        table=asked.pop("table", None) or None,
        user=unquote(name),
        password=unquote(secret) if ":" in user else asked.pop("password", None),
        options=asked,
        url=urlunsplit(parts._replace(query=urlencode(asked))),
    )


def split_table(text: str) -> tuple[str, str | None]:
    """A path, and the table named after it as in ``shop.db?table=customers``."""
    path, mark, table = text.rpartition(_TABLE)
    return (path, unquote(table) or None) if mark else (text, None)


def _file_address(scheme: str, rest: str) -> Address:
    """``sqlite:///shop.db`` is a path from here, ``sqlite:////data/shop.db`` one from the root."""
    path, _, asked = rest.partition("?")
    if not path.startswith("/") or path == "/":
        raise InputError(f"{scheme}:// is not followed by a file", f"write three slashes, as in {scheme}:///shop.db")
    options = dict(parse_qsl(asked, keep_blank_values=True))
    return Address(scheme, "", "", path[1:], options.pop("table", None) or None, options=options)


def _refuse_stray_marks(user: str, rest: str, fragment: str) -> None:
    """A mark that a password holds as it is moves the borders of the address, and parts of it would be printed."""
    if "@" in user or fragment or re.match(r"[^?]*@|\?[^=&]*@", rest):
        raise _unreadable()


def _servers(text: str) -> tuple[str, str]:
    """The hosts and the ports, each with commas between them."""
    found = [_SERVER.fullmatch(one) for one in text.split(",")]
    if not all(found):
        raise _unreadable()
    hosts = [unquote(match[1].strip("[]")) for match in found if match]
    ports = [match[2] or "" for match in found if match]
    return ",".join(hosts), ",".join(ports) if any(ports) else ""


def _unreadable() -> InputError:
    return InputError("the address of the database cannot be read", _ENCODE)
