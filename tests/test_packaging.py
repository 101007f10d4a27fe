"""The wheel holds all that the program needs, and works in an empty environment outside the checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shipped = ["setup.cfg", "pyproject.toml", "README.md", "LICENSE", "segreport", "templates"]
    source.mkdir()
    for name in shipped:
        subprocess.run(["cp", "-r", ROOT / name, source / name], check=True)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_every_module_and_every_template(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "segreport").rglob("*.py")}
    templates = {f"segreport/{path.relative_to(ROOT)}" for path in (ROOT / "templates").rglob("*") if path.is_file()}
    assert modules <= held
    assert templates <= held
    assert not any(name.endswith("templates/__init__.py") for name in held)


@pytest.mark.slow
def test_the_wheel_does_the_main_job_in_an_empty_environment(wheel: Path, sample: Path, tmp_path: Path) -> None:
    home = tmp_path / "venv"
    venv.create(home, with_pip=True)
    pins = re.sub(r"\\\n\s+--hash=\S+", "", (ROOT / "requirements.lock").read_text(encoding="utf-8"))
    (tmp_path / "pins.txt").write_text(re.sub(r"\s+--hash=\S+|\s*\\$", "", pins, flags=re.M), encoding="utf-8")
    install = [home / "bin" / "pip", "install", "-q", "--disable-pip-version-check", "-c", tmp_path / "pins.txt", wheel]
    subprocess.run(list(map(str, install)), check=True, capture_output=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(home / "bin" / "segreport"), "run", str(sample), "-o", "out", "--quiet"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert {"brief.pdf", "deck.pptx", "workbook.xlsx"} <= {path.name for path in (tmp_path / "out").iterdir()}
    copied = subprocess.run(
        [str(home / "bin" / "segreport"), "templates", "copy", "deck"], cwd=tmp_path, env=environment, check=False
    )
    assert copied.returncode == 0
    assert (tmp_path / "deck.pptx").read_bytes() == (ROOT / "templates" / "deck" / "deck.pptx").read_bytes()


def test_the_lock_pins_by_hash_and_names_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^([\w.-]+)==", lock, flags=re.M)
    assert {"pandas", "weasyprint", "python-pptx", "lxml", "pillow", "jinja2"} <= {name.lower() for name in pinned}
    assert lock.count("--hash=sha256:") >= len(pinned)
    assert "://" not in lock
    assert "--index-url" not in lock


def test_the_declared_floors_are_the_safe_ones() -> None:
    declared = (ROOT / "setup.cfg").read_text(encoding="utf-8").lower()
    for floor in ("weasyprint >= 70", "jinja2 >= 3.1.6", "lxml >= 6.1", "pillow >= 13"):
        assert floor in declared
