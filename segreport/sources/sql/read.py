"""An address -> its table: the reader that the database system asks for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from segreport.errors import InputError
from segreport.sources.place import Place, digest
from segreport.sources.sql.address import DUCKDB, POSTGRESQL, SQLITE, Address, parse_address
from segreport.sources.sql.duckdb_file import read_duckdb_file
from segreport.sources.sql.other import read_other
from segreport.sources.sql.postgres import read_postgres
from segreport.sources.sql.query import refuse_both
from segreport.sources.sql.sqlite_file import read_sqlite

if TYPE_CHECKING:
    from segreport.config import InputSection
    from segreport.domain import SourceTable
    from segreport.engine import Session

_FILES = {SQLITE: read_sqlite, DUCKDB: read_duckdb_file}


def read_sql(url: str, options: InputSection, session: Session) -> SourceTable:
    """The table or the query's answer behind an address such as ``postgresql://user@host/shop?table=customers``.

    The digest is of the values; of a file, the file's. Raises InputError, in which no password ever stands.
    """
    address = parse_address(url)
    options = options.model_copy(update={"table": address.table or options.table})
    refuse_both(options)
    if address.system in _FILES:
        return _read_file(address, options, session)
    read = read_postgres if address.system == POSTGRESQL else read_other
    return read(address, options, session)


def _read_file(address: Address, options: InputSection, session: Session) -> SourceTable:
    path = Path(address.database)
    if not path.is_file():
        raise InputError(f"there is no file {path}", f"after {address.system}:/// comes the path of a file")
    place = Place(path, path.name, Path(session.folder))
    table = _FILES[address.system](place, options, session)
    return replace(table, source=replace(table.source, sha256=digest(path)))
