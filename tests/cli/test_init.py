"""segreport init: a commented segreport.toml that changes nothing until something in it is changed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from inside import call

from segreport.config import CleanSection, InputSection, RunConfig, SegmentSection, load_config

FORMATS = ["--formats", "xlsx", "--quiet"]


def uncommented(text: str) -> str:
    """The file with every setting in force."""
    return re.sub(r"^#(?=[^ #])", "", text, flags=re.MULTILINE)


def test_the_file_has_every_column_with_its_role_and_reason(sample: Path, tmp_path: Path) -> None:
    done = call("init", sample, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "written: segreport.toml\n")
    text = (tmp_path / "segreport.toml").read_text(encoding="utf-8")
    assert re.search(r'^Income = "income" +# named as an income$', text, re.MULTILINE)
    assert re.search(r'^#Currency = "constant" +# one value only, EUR, in every row$', text, re.MULTILINE)
    columns = sample.read_text(encoding="utf-8").partition("\n")[0].strip().split(",")
    assert list(tomllib.loads(uncommented(text))["roles"]) == columns
    assert [path.name for path in tmp_path.iterdir()] == ["segreport.toml"]


def test_a_run_with_the_file_gives_the_same_report(sample: Path, tmp_path: Path) -> None:
    call("init", sample, "-o", "mine.toml", cwd=tmp_path)
    assert call("run", sample, "-o", "without", *FORMATS, cwd=tmp_path).returncode == 0
    assert call("run", sample, "-c", "mine.toml", "-o", "with", *FORMATS, cwd=tmp_path).returncode == 0
    bare, told = ((tmp_path / name / "results.json").read_bytes() for name in ("without", "with"))
    assert bare == told


@pytest.mark.parametrize("name", ["customers.csv", "transactions.csv"])
def test_every_line_is_right_when_it_is_uncommented(sample: Path, tmp_path: Path, name: str) -> None:
    source, file = sample.with_name(name), tmp_path / "all.toml"
    call("init", source, "-o", file, cwd=tmp_path)
    text = uncommented(file.read_text(encoding="utf-8"))
    file.write_text(text, encoding="utf-8")
    config = load_config([source], file=file)
    for section in ("report", "clean", "segment", "outputs", "templates"):
        known = set(type(getattr(config, section)).model_fields)
        unset = known - getattr(config, section).model_fields_set
        assert not unset - {"where", "cap", "features"}, section
    file.write_text(text.partition("[templates]")[0], encoding="utf-8")
    done = call("check", source, "-c", file, "--formats", "xlsx", cwd=tmp_path)
    assert done.returncode == (0 if name == "customers.csv" else 4), done.stderr


def test_every_key_of_the_configuration_is_explained() -> None:
    from segreport.recipe import _KEYS, _SECTIONS

    sections = {name: field.annotation for name, field in RunConfig.model_fields.items() if not field.exclude}
    assert list(_SECTIONS) == list(sections)
    keys = {f"{name}.{key}" for name, model in sections.items() for key in getattr(model, "model_fields", {})}
    assert set(_KEYS) == keys
    assert {InputSection, CleanSection, SegmentSection} <= set(sections.values())


def test_settings_given_to_it_are_set_in_the_file(shared: Path, tmp_path: Path) -> None:
    file = tmp_path / "semicolon.toml"
    table = shared / "messy" / "cpa_semicolon_bom_crlf.csv"
    assert call("init", table, "-o", file, "--date-order", "dmy", cwd=tmp_path).returncode == 0
    assert tomllib.loads(file.read_text(encoding="utf-8"))["input"] == {"date_order": "DMY"}


def test_names_of_any_kind_are_written_as_toml(tmp_path: Path) -> None:
    names = ['a "quoted" name', "back\\slash", "Größe in m²", "apostrophe's", "#hash", "[section]", "key = 1"]
    cells = "\n".join(",".join(str(n % (place + 3)) for place in range(len(names))) for n in range(40))
    header = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    (tmp_path / "t.csv").write_text(f"{header}\n{cells}\n", encoding="utf-8")
    done = call("init", "t.csv", "-o", "-", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert list(tomllib.loads(done.stdout)["roles"]) == names
    assert list(tomllib.loads(uncommented(done.stdout))["roles"]) == names


def test_a_file_that_is_there_is_replaced_only_by_force(sample: Path, tmp_path: Path) -> None:
    file = tmp_path / "segreport.toml"
    file.write_text("# mine\n", encoding="utf-8")
    done = call("init", sample, cwd=tmp_path)
    assert done.returncode == 7
    assert "segreport.toml is there already" in done.stderr
    assert file.read_text(encoding="utf-8") == "# mine\n"
    assert call("init", sample, "--force", cwd=tmp_path).returncode == 0
    assert "[roles]" in file.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["segreport.toml"]


@pytest.mark.parametrize(("target", "cause"), [("none/mine.toml", "is no folder"), (".", "is a folder")])
def test_a_place_that_cannot_be_written_is_refused(sample: Path, tmp_path: Path, target: str, cause: str) -> None:
    done = call("init", sample, "-o", target, cwd=tmp_path)
    assert (done.returncode, cause in done.stderr) == (7, True)
