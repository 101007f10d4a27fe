"""The configuration is checked once, and says where and what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from segreport.config import load_config
from segreport.errors import ConfigError

SOURCE = Path("customers.csv")


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "segreport.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_any_setting_there_are_defaults() -> None:
    config = load_config([Path("data/marketing_campaign.csv")])
    assert (config.name, config.title, config.currency) == ("marketing_campaign", "Marketing campaign", "USD")
    assert config.outputs.formats == ("pdf", "pptx", "xlsx")
    assert config.k_range == (None, 2, 10)


def test_a_flag_wins_over_the_file(tmp_path: Path) -> None:
    file = write(tmp_path, '[report]\nlocale = "de_DE"\n[segment]\nk = 4\nseed = 1\n')
    config = load_config([SOURCE], file=file, flags={"segment.k": "5"})
    assert (config.k_range[0], config.segment.seed, config.currency) == (5, 1, "EUR")


@pytest.mark.parametrize(("k", "found"), [("auto", (None, 2, 10)), ("4", (4, 2, 10)), ("3-6", (None, 3, 6))])
def test_k_is_auto_a_number_or_a_range(k: str, found: tuple[int | None, int, int]) -> None:
    assert load_config([SOURCE], flags={"segment.k": k}).k_range == found


@pytest.mark.parametrize("k", ["0", "1", "6-3", "many", "51"])
def test_another_k_is_refused(k: str) -> None:
    with pytest.raises(ConfigError, match="--k"):
        load_config([SOURCE], flags={"segment.k": k})


def test_an_unknown_key_is_refused_with_its_line_and_the_nearest_one(tmp_path: Path) -> None:
    file = write(tmp_path, "[report]\ntitle = 'x'\n\n[segment]\nsead = 3\n")
    with pytest.raises(ConfigError) as refusal:
        load_config([SOURCE], file=file)
    assert refusal.value.message == "segreport.toml, line 5: unknown key 'sead'"
    assert refusal.value.hint == "did you mean seed?"


def test_an_unknown_section_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="line 1: unknown key 'reprot'") as refusal:
        load_config([SOURCE], file=write(tmp_path, "[reprot]\n"))
    assert refusal.value.hint == "did you mean report?"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[report]\nlocale = 'klingon'\n", "line 2: unknown locale"),
        ("[report]\ncurrency = 'XYZW'\n", "line 2: unknown currency"),
        ("[outputs]\nformats = ['pdf', 'docx']\n", "unknown format 'docx'"),
        ("[segment]\nseed = -1\n", "line 2"),
        ("[report]\nname = '../up'\n", "cannot be the name of a folder"),
        ("source = 'x'\n", "line 1: unknown key 'source'"),
        ("[segment\n", "segreport.toml"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message.replace("(", r"\(")):
        load_config([SOURCE], file=write(tmp_path, text))


def test_a_wrong_flag_is_named_as_a_flag() -> None:
    with pytest.raises(ConfigError, match="--formats: unknown format 'docx'"):
        load_config([SOURCE], flags={"outputs.formats": "pdf,docx"})


def test_what_stands_in_the_file_is_not_called_a_flag(tmp_path: Path) -> None:
    flags = {"segment.seed": None, "segment.k": None, "segment.features": ()}
    with pytest.raises(ConfigError) as refusal:
        load_config([SOURCE], file=write(tmp_path, "[segment]\nk = 3\nseed = -1\n"), flags=flags)
    assert refusal.value.message.startswith("segreport.toml, line 3: ")
    with pytest.raises(ConfigError, match="line 2: 1 is not a number of segments"):
        load_config([SOURCE], file=write(tmp_path, "[segment]\nk = 1\n"), flags=flags)


def test_a_wrong_value_of_the_environment_is_named_as_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGREPORT_K", "lots")
    with pytest.raises(ConfigError, match=r"^SEGREPORT_K: 'lots' is not a number of segments"):
        load_config([SOURCE], flags={"segment.k": "lots"})
    with pytest.raises(ConfigError, match=r"^--k: 'many'"):
        load_config([SOURCE], flags={"segment.k": "many"})


@pytest.mark.parametrize("text", ["segment = 3\n", "templates = 'x'\n", "names = 1\n"])
def test_a_section_that_is_no_table_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="line 1: "):
        load_config([SOURCE], file=write(tmp_path, text), flags={"segment.k": "4"})


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("1 = 'Fans'\n2 = 'Others'\n3 = ' fans'\n", "line 5: segments 1 and 3 are both named 'fans'"),
        ("1 = 'Fans'\n2 = ' '\n", "line 4: a segment cannot have an empty name"),
        (f"1 = '{'x' * 41}'\n", "line 3: a name has at most 40 characters, and this one has 41"),
    ],
)
def test_names_are_short_and_distinct(tmp_path: Path, names: str, message: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        load_config([SOURCE], file=write(tmp_path, f"# mine\n[names]\n{names}"))
    assert refusal.value.message == f"segreport.toml, {message}"
    assert refusal.value.hint


def test_forty_characters_are_a_name(tmp_path: Path) -> None:
    config = load_config([SOURCE], file=write(tmp_path, f"[names]\n1 = '{'x' * 40}'\n2 = 'y'\n"))
    assert config.names == {1: "x" * 40, 2: "y"}


def test_a_reference_date_with_a_time_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refusal:
        load_config([SOURCE], file=write(tmp_path, "[input]\nas_of = 2026-11-30T12:00:00+02:00\n"))
    assert refusal.value.message.startswith("segreport.toml, line 2: 2026-11-30T12:00:00+02:00 has a time zone")
    assert refusal.value.hint == "write it without one, as 2026-11-30T12:00:00"
    moment = datetime(2026, 11, 30, tzinfo=UTC)
    with pytest.raises(ConfigError, match=r"^--as-of: 2026-11-30T00:00:00\+00:00 has a time zone"):
        load_config([SOURCE], flags={"input.as_of": moment})
    assert load_config([SOURCE], flags={"input.as_of": moment.replace(tzinfo=None)}).input.as_of


def test_templates_are_found_beside_the_file(tmp_path: Path) -> None:
    config = load_config([SOURCE], file=write(tmp_path, "[templates]\ndeck = 'company.pptx'\n"))
    assert config.templates.deck == tmp_path / "company.pptx"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("data/marketing_campaign.csv", "marketing_campaign"),
        ("customers.csv.gz", "customers"),
        ("customers.v2", "customers.v2"),
        ("-", "input"),
        ("shop.db?table=main.buyers", "buyers"),
        ("postgresql://bob:secret@host:5432/shop?table=public.customers", "customers"),
        ("postgresql://bob:secret@host:5432/shop", "shop"),
        ("postgresql://bob:secret@host:5432", "database"),
        ("sqlite:///a%20folder/shop.db", "shop"),
        ("evil\u202egnp.csv", "evilgnp"),
    ],
)
def test_a_report_is_called_after_its_input_and_never_after_a_password(source: str, name: str) -> None:
    assert load_config([source]).name == name
