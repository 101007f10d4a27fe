"""Where the templates lie: inside the installed package, or one level up in a checkout."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def templates_folder() -> Path:
    """The folder of the shipped templates; raises FileNotFoundError where an installation has lost them."""
    for folder in (PACKAGE / "templates", PACKAGE.parent / "templates"):
        if (folder / "brand.toml").is_file():
            return folder
    raise FileNotFoundError(f"no templates beside {PACKAGE}: the installation is incomplete, install segreport again")
