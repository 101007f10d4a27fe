"""One DuckDB connection: bounded memory, spilling to disk, no extension fetched, and sealed once the input is read."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import duckdb

from segreport.engine.text import name_of, text_of
from segreport.machine import memory_share

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

SCRATCH, LOCK = "segreport-", ".lock"


@dataclass(frozen=True)
class Relation:
    """A table in the session: its name there, and its columns with their types, in order."""

    session: Session = field(repr=False)
    name: str
    types: Mapping[str, str]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self.types)

    def count(self) -> int:
        """How many rows there are."""
        return int(self.session.query(f"SELECT count(*) FROM {name_of(self.name)}")[0][0])

    def frame(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The rows in their order as a frame: numbers as float64, dates as datetime64, all else as text or None."""
        return self.session.frame(self, columns)


class Session:
    """Tables by the name that SQL knows them under."""

    def __init__(self, folder: str, memory_bytes: int) -> None:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": f"{memory_bytes // 1_000_000}MB",
            "temp_directory": folder,
            "python_enable_replacements": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        self.folder = folder
        self._connection = duckdb.connect(config=settings)
        self._connection.execute("SET enable_progress_bar = false")
        self._connection.execute("SET TimeZone = 'UTC'")
        self._numbers = count(1)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows that a statement gives."""
        return self._connection.execute(sql).fetchall()

    def create(self, select: str) -> Relation:
        """A new table with what a SELECT gives, computed once."""
        name = self._free_name()
        self._connection.execute(f"CREATE TABLE {name_of(name)} AS {select}")
        return self._relation(name)

    def drop(self, relation: Relation) -> None:
        """Forget a table."""
        self._connection.execute(f"DROP TABLE {name_of(relation.name)}")

    def view(self, select: str) -> Relation:
        """A SELECT under a name, computed whenever it is asked for."""
        name = self._free_name()
        self._connection.execute(f"CREATE VIEW {name_of(name)} AS {select}")
        return self._relation(name)

    def load(self, data: pa.Table | pa.RecordBatchReader) -> Relation:
        """A new table with Arrow data, which may be larger than memory where it is a reader."""
        self._connection.register("arrow_input", data)
        try:
            return self.create("SELECT * FROM arrow_input")
        finally:
            self._connection.unregister("arrow_input")

    def frame(self, relation: Relation, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The rows of a relation as a frame; see Relation.frame."""
        import pandas as pd

        wanted = list(relation.columns if columns is None else columns)
        picked = ", ".join(map(name_of, wanted)) or "NULL"
        fetched = self._connection.sql(f"SELECT {picked} FROM {name_of(relation.name)}").to_arrow_table()
        frames = {name: _column(fetched.column(place)) for place, name in enumerate(wanted)}
        return pd.DataFrame(frames, index=pd.RangeIndex(fetched.num_rows))

    def seal(self) -> None:
        """From now on no statement reaches a file or the network, and that cannot be undone."""
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def statements(self, sql: str) -> list[Any]:
        """The statements in a text, parsed and not run; raises duckdb.Error where it is not SQL."""
        return self._connection.extract_statements(sql)

    def parsed(self, select: str) -> Any:
        """The tree of a SELECT; raises duckdb.Error where it is none."""
        return json.loads(self.query(f"SELECT json_serialize_sql({text_of(select)})")[0][0])

    def interrupt(self) -> None:
        """End what is running, from another thread."""
        self._connection.interrupt()

    def close(self) -> None:
        """Forget every table."""
        self._connection.close()

    def _free_name(self) -> str:
        return f"t{next(self._numbers)}"

    def _relation(self, name: str) -> Relation:
        described = self.query(f"DESCRIBE {name_of(name)}")
        return Relation(self, name, {str(row[0]): str(row[1]) for row in described})


@contextmanager
def open_session(memory_bytes: int | None = None) -> Iterator[Session]:
    """A session for the length of a run; by default it may take 60 % of the memory, and spills beyond that.

    What killed runs have left in the temporary folder is removed first: customers' data do not stay there.
    """
    _clear_dead()
    with tempfile.TemporaryDirectory(prefix=SCRATCH) as folder, _locked(Path(folder)):
        session = Session(folder, memory_bytes or memory_share())
        try:
            yield session
        finally:
            session.close()


def _locked(folder: Path) -> IO[bytes]:
    """The file whose lock tells that the folder is in use; it has its name only once it is locked."""
    lock = (folder / f"{LOCK}ing").open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    (folder / f"{LOCK}ing").rename(folder / LOCK)
    return lock


def _clear_dead() -> None:
    """Remove the scratch folders of our own whose lock can be had: the kernel frees it however a run ends."""
    for path in Path(tempfile.gettempdir()).glob(f"{SCRATCH}*/{LOCK}"):
        with suppress(OSError), path.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.parent.stat().st_uid == os.getuid():
                shutil.rmtree(path.parent, ignore_errors=True)


def _column(values: pa.ChunkedArray) -> pd.Series:
    import pandas as pd
    import pyarrow as pa

    kind = values.type
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        values = values.cast("float64")
    if pa.types.is_floating(values.type):
        return pd.Series(values.to_numpy(), dtype="float64")
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return pd.Series(values.cast(pa.timestamp("us")).to_numpy(), dtype="datetime64[us]")
    return pd.Series(values.cast(pa.string()).to_numpy(zero_copy_only=False), dtype="object")
