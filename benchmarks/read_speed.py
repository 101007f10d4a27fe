"""What reading, typing and cleaning cost against DuckDB's own read of the same file as text.

    python benchmarks/read_speed.py [MEGABYTES] [MEMORY_MB]

A seeded table of customers (30 columns) is written once to the temporary folder. Each measurement is a process of its
own, the two take turns, and the best of three counts.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve()
ROUNDS = 3
ROWS_AT_ONCE = 100_000


def write_table(path: Path, megabytes: int) -> None:
    """Customers with ids, dates, categories, gaps and 24 figures each, until the file is large enough."""
    import numpy as np
    import pandas as pd

    rng, first = np.random.default_rng(42), 1
    with path.open("w", encoding="utf-8") as file:
        while file.tell() < megabytes * 1_000_000:
            n = ROWS_AT_ONCE
            day = pd.Timestamp("2012-07-30") + pd.to_timedelta(rng.integers(0, 700, n), unit="D")
            columns: dict[str, object] = {"CustomerID": np.arange(first, first + n)}
            columns["Year_Birth"] = rng.integers(1930, 2000, n)
            columns["Education"] = rng.choice(["Graduation", "PhD", "Master", "Basic", "2n Cycle"], n)
            columns["Marital_Status"] = rng.choice(["Married", "Together", "Single", "Divorced", "Widow"], n)
            income = rng.normal(52_000, 21_000, n).round()
            columns["Income"] = pd.Series(np.where(rng.random(n) < 0.01, np.nan, income)).astype("Int64")
            columns["Dt_Customer"] = day.strftime("%d-%m-%Y")
            columns |= {f"MntProduct{k}": rng.integers(0, 1500, n) for k in range(12)}
            columns |= {f"NumChannel{k}Purchases": rng.integers(0, 15, n) for k in range(6)}
            columns |= {f"AcceptedCmp{k}": rng.integers(0, 2, n) for k in range(6)}
            file.write(pd.DataFrame(columns).to_csv(index=False, header=first == 1))
            first += n


def read_as_text(path: Path, memory_mb: int) -> None:
    """The peer: every column as text into a table, nothing looked at."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        session = duckdb.connect(config={"memory_limit": f"{memory_mb}MB", "temp_directory": folder})
        session.execute(f"CREATE TABLE t AS SELECT * FROM read_csv('{path}', all_varchar = true)")


def take_in_table(path: Path, memory_mb: int) -> None:
    """segreport: read, typed with evidence from every cell, roles, cleaned, with its sum and its ledger."""
    from segreport.config import load_config
    from segreport.intake import take_in

    with take_in(load_config([path]), memory_bytes=memory_mb * 1_000_000) as intake:
        assert intake.cleaned.ledger[-1].rows > 0


def measure(what: str, path: Path, memory_mb: int) -> dict[str, float]:
    """Wall and processor seconds, and the largest resident size, of one process."""
    command = [sys.executable, str(HERE), "--one", what, str(path), str(memory_mb)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def one(what: str, path: Path, memory_mb: int) -> None:
    """Measure this process, its imports left out."""
    import duckdb  # noqa: F401
    import pandas  # noqa: F401

    import segreport.intake  # noqa: F401

    wall, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    {"text": read_as_text, "segreport": take_in_table}[what](path, memory_mb)
    now = resource.getrusage(resource.RUSAGE_SELF)
    processor = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    figures = {"wall": time.perf_counter() - wall, "processor": processor, "memory_mb": now.ru_maxrss / 1000}
    print(json.dumps(figures))


def main() -> None:
    """Print the figures and their ratios."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    memory_mb = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    path = Path(tempfile.gettempdir()) / f"segreport-read-{megabytes}.csv"
    if not path.exists():
        write_table(path, megabytes)
    runs: dict[str, list[dict[str, float]]] = {"text": [], "segreport": []}
    for _ in range(ROUNDS):
        for what, found in runs.items():
            found.append(measure(what, path, memory_mb))
    best = {what: {key: min(run[key] for run in found) for key in found[0]} for what, found in runs.items()}
    print(f"{path.stat().st_size / 1e6:.0f} MB, engine limited to {memory_mb} MB, best of {ROUNDS}")
    print(f"{'':12}{'segreport':>12}{'text only':>12}{'ratio':>8}")
    for key in ("wall", "processor", "memory_mb"):
        ours, theirs = best["segreport"][key], best["text"][key]
        print(f"{key:12}{ours:12.2f}{theirs:12.2f}{ours / theirs:8.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
