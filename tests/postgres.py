"""A real PostgreSQL server for the tests: a cluster of its own on loopback, gone at the end of the session."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

PASSWORD = "s3cr:t/of@the%house"
"""With every character that must be percent-encoded in an address."""

_START_SECONDS = 60.0
_SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "20"}


@dataclass(frozen=True)
class Server:
    """Where the server listens; ``owner`` is a superuser."""

    port: int
    owner: str = "owner"
    password: str = PASSWORD

    def url(self, database: str = "postgres", *, user: str | None = None, password: str | None = None) -> str:
        """The address of a database, its password percent-encoded."""
        from urllib.parse import quote

        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{user or self.owner}:{secret}@127.0.0.1:{self.port}/{database}"


def find_binaries() -> Path | None:
    """The folder of initdb and postgres, the newest release first; Debian keeps them off the PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_release, reverse=True)
    on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    return next((folder for folder in (*on_path, *debian) if _is_complete(folder)), None)


@contextmanager
def running_server() -> Iterator[Server]:
    """A fresh server; raises RuntimeError with its log where it does not start."""
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError("PostgreSQL is not installed")
    folder = Path(mkdtemp(prefix="segreport-postgres-"))
    try:
        server = Server(_free_port())
        _make_cluster(binaries, folder)
        process = _start(binaries, folder, server.port)
        try:
            _wait(process, folder, server.port)
            yield server
        finally:
            _stop(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _release(folder: Path) -> float:
    with suppress(ValueError):
        return float(folder.parent.name)
    return 0.0


def _is_complete(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres"))


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _make_cluster(binaries: Path, folder: Path) -> None:
    secret = folder / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    if os.getuid() == 0:
        for path in (folder, secret):
            shutil.chown(path, _servant())
    command = [binaries / "initdb", "-D", folder / "data", "-U", Server.owner, "--pwfile", secret]
    command += ["-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(_as_servant(command), cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stderr}")


def _start(binaries: Path, folder: Path, port: int) -> subprocess.Popen[bytes]:
    settings = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
    command = [binaries / "postgres", "-D", folder / "data", "-h", "127.0.0.1", "-p", port, "-k", folder, *settings]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(_as_servant(command), cwd=folder, stdout=log, stderr=log, start_new_session=True)


def _servant() -> str:
    """The user that the server runs as: it refuses to run as root."""
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _as_servant(command: list[object]) -> list[str]:
    """The command, so that it ends with the tests even where they are killed; not as root."""
    words = [str(word) for word in command]
    if not shutil.which("setpriv"):
        return ["runuser", "-u", _servant(), "--", *words] if os.getuid() == 0 else words
    user = ["--reuid", _servant(), "--regid", _servant(), "--clear-groups"] if os.getuid() == 0 else []
    return ["setpriv", "--pdeathsig", "INT", *user, *words]


def _wait(process: subprocess.Popen[bytes], folder: Path, port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if "ready to accept connections" in (folder / "log").read_text(encoding="utf-8", errors="replace"):
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text(encoding='utf-8', errors='replace')}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """At once, and without waiting for clients; the cluster is thrown away."""
    process.send_signal(signal.SIGQUIT)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def server_for_tests() -> Iterator[Server]:
    """A fresh server; where none can be had the tests are skipped with the reason, but never where CI=true."""
    import pytest

    if find_binaries() is None:
        reason = "PostgreSQL is not installed; run: bash tools/need_postgresql"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    with running_server() as server:
        yield server
