"""Tables of databases: PostgreSQL, SQLite and DuckDB files, and what SQLAlchemy has a driver for; only ever read."""

from __future__ import annotations

from segreport.sources.sql.address import split_table
from segreport.sources.sql.duckdb_file import read_duckdb_file
from segreport.sources.sql.read import read_sql
from segreport.sources.sql.sqlite_file import read_sqlite

__all__ = [
    "read_duckdb_file",
    "read_sql",
    "read_sqlite",
    "split_table",
]
