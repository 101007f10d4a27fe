"""The house keeps its floors: modules import only from below, stages not each other, and no import goes in a circle."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "segreport"
FLOORS = (
    {"errors", "machine", "paths", "domain", "formatting", "tomlfile"},
    {"config"},
    {"engine"},
    {
        "sources",
        "typed",
        "roles",
        "clean",
        "features",
        "explore",
        "lacks",
        "segment",
        "profile",
        "history",
        "narrate",
        "charts",
        "customers",
        "results",
    },
    {"render"},
    {"publish", "deliver", "verify", "sample"},
    {"beside", "reporting"},
    {"intake"},
    {"pipeline", "rerender", "inspection", "recipe"},
    {"api"},
    {"notebook"},
    {"cli", "__main__", "__init__"},
)
STAGES = next(floor for floor in FLOORS if "clean" in floor) - {"results"}
HEAVY = {"jinja2", "weasyprint", "pptx", "openpyxl", "xlsxwriter", "matplotlib"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(path: Path) -> list[tuple[str, bool]]:
    """Every imported module, and whether it is imported only for type checking."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for child in ast.walk(node)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, id(node) in typing_only) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append((node.module, id(node) in typing_only))
    return found


def own_rooms(path: Path) -> set[str]:
    return {name.split(".")[1] for name, typing in imports(path) if name.startswith("segreport.") and not typing}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_its_floor_or_below(path: Path) -> None:
    floor = {name: number for number, names in enumerate(FLOORS) for name in names}
    own = floor[room(path)]
    above = {name for name in own_rooms(path) if floor[name] > own}
    assert not above, f"{path.name} reaches up to {above}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_stage_imports_no_other_stage(path: Path) -> None:
    if room(path) in STAGES:
        assert own_rooms(path) & STAGES <= {room(path)}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_command_line_knows_click_and_only_render_knows_documents(path: Path) -> None:
    names = {name.split(".")[0] for name, _ in imports(path)}
    if room(path) not in ("cli", "__main__"):
        assert "click" not in names
    if room(path) != "render":
        assert not names & HEAVY
    else:
        assert not names & {"sklearn", "duckdb"}


def test_one_room_knows_matplotlib() -> None:
    paths = [path for path in modules() if any(name.startswith("matplotlib") for name, _ in imports(path))]
    knowing = {path.relative_to(PACKAGE).parts[1] for path in paths}
    assert knowing <= {"figures", "figures.py"}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_says_in_one_sentence_what_it_is_for_and_stays_small(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(source)), f"{path.name} has no docstring"
    assert source.count("\n") <= 500, f"{path.name} has outgrown its purpose"


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]])
def test_help_imports_none_of_the_heavy_libraries(arguments: list[str]) -> None:
    script = (
        "import sys\n"
        "from segreport.cli import cli\n"
        f"try:\n    cli.main({arguments!r}, prog_name='segreport')\n"
        "except SystemExit:\n    pass\n"
        "heavy = {'pandas', 'numpy', 'matplotlib', 'weasyprint', 'openpyxl', 'pptx', 'sklearn', 'scipy', 'lxml'}\n"
        "heavy |= {'duckdb', 'pyarrow', 'sqlalchemy', 'pyreadstat'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("HEAVY []")
