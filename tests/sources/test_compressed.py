"""A compressed table is unpacked, bounded, under its own name; bombs, locks, crowds and damage are refused."""

from __future__ import annotations

import gzip
import time
import zipfile
from pathlib import Path

import pytest

from segreport.errors import ExitCode, InputError
from segreport.sources.compressed import unpack
from segreport.sources.kinds import Kind, recognise
from segreport.sources.place import Place

TABLE = b"id,income\n" + b"".join(b"%d,%d\n" % (number, number * 7919 % 10_007) for number in range(5_000))


def unpacked(path: Path) -> Place:
    scratch = path.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    return unpack(Place(path, path.name, scratch), recognise(path))


def refusal(path: Path) -> InputError:
    begun = time.monotonic()
    with pytest.raises(InputError) as refused:
        unpacked(path)
    assert time.monotonic() - begun < 2
    assert refused.value.exit_code == ExitCode.INPUT
    assert refused.value.hint
    return refused.value


def write_zip(path: Path, parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("name", "inner"),
    [("t.csv.gz", "t.csv"), ("T.CSV.GZ", "T.CSV"), ("export.csv", "export.csv"), (".gz", ".gz")],
)
def test_a_gzipped_table_comes_out_byte_for_byte_under_its_own_name(tmp_path: Path, name: str, inner: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(TABLE[:100]) + gzip.compress(TABLE[100:]))
    place = unpacked(tmp_path / name)
    assert (place.name, place.path.read_bytes()) == (inner, TABLE)
    assert place.path.parent == place.scratch == tmp_path / "scratch"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_the_one_file_of_a_zip_comes_out_byte_for_byte(tmp_path: Path, method: int) -> None:
    aside = {"__MACOSX/exports/._customers.csv": b"\0\5\x16\7", "exports/.DS_Store": b"x", "Thumbs.db": b"x"}
    path = write_zip(tmp_path / "t.zip", {"exports/customers.csv": TABLE} | aside, method)
    place = unpacked(path)
    assert (place.name, place.path.read_bytes()) == ("customers.csv", TABLE)


def test_a_workbook_in_a_zip_is_a_workbook(tmp_path: Path, shared: Path) -> None:
    book = (shared / "messy" / "cpa_xlsx_dashboard_3sheets.xlsx").read_bytes()
    place = unpacked(write_zip(tmp_path / "t.zip", {"book.xlsx": book}))
    assert recognise(place.path, place.name) is Kind.WORKBOOK


def test_an_inner_name_stays_in_the_scratch_folder_and_in_its_line(tmp_path: Path) -> None:
    place = unpacked(write_zip(tmp_path / "t.zip", {"../..\\evil\u202efdp\n.csv": TABLE}))
    assert place.name == "evilfdp.csv"
    assert place.path.parent == tmp_path / "scratch"


def test_a_zip_of_several_files_is_refused_and_names_them(tmp_path: Path) -> None:
    refused = refusal(write_zip(tmp_path / "t.zip", {f"{month}.csv": TABLE for month in "abcdefg"}))
    assert refused.message == "t.zip is a zip archive of 7 files: a.csv, b.csv, c.csv, d.csv, e.csv, ..."
    assert "unpack it" in refused.hint


def test_a_zip_without_a_file_is_refused(tmp_path: Path) -> None:
    assert "a zip archive without a file" in refusal(write_zip(tmp_path / "t.zip", {"folder/": b""})).message


def test_an_archive_in_an_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(gzip.compress(TABLE)))
    assert "holds another archive, t.csv" in refusal(tmp_path / "t.csv.gz").message
    write_zip(tmp_path / "inner.zip", {"t.csv": TABLE})
    path = write_zip(tmp_path / "outer.zip", {"inner.zip": (tmp_path / "inner.zip").read_bytes()})
    assert "holds another archive, inner.zip" in refusal(path).message


def test_what_is_no_table_is_refused_under_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "model.sav.gz").write_bytes(gzip.compress(b"\x80\x04\x95\0\0\0\0\0\0\0\0\x8c\x15sklearn"))
    assert refusal(tmp_path / "model.sav.gz").message.startswith("model.sav is a Python pickle")
    assert refusal(write_zip(tmp_path / "t.zip", {"empty.csv": b""})).message == "empty.csv is empty"


def test_a_gzip_bomb_is_stopped_as_soon_as_it_shows(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "t.csv.gz", "wb") as packed:
        for _ in range(200):
            packed.write(b"a,b\n" * (1 << 18))
    assert "as a bomb does" in refusal(tmp_path / "t.csv.gz").message


def test_a_zip_bomb_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "t.zip", {"t.csv": bytes(150 << 20)})
    assert "as a zip bomb does" in refusal(path).message


def test_a_zip_that_declares_less_than_it_holds_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "t.zip", {"t.csv": TABLE})
    lie = path.read_bytes().replace(len(TABLE).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    path.write_bytes(lie)
    assert "damaged or cut off" in refusal(path).message


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    content = bytearray(write_zip(tmp_path / "t.zip", {"t.csv": TABLE}).read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + flags] |= 1
    (tmp_path / "t.zip").write_bytes(content)
    assert "a zip archive with a password" in refusal(tmp_path / "t.zip").message


@pytest.mark.parametrize("kept", [5, 15, -4])
def test_a_gzip_that_was_cut_off_is_refused(tmp_path: Path, kept: int) -> None:
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(TABLE)[:kept])
    assert refusal(tmp_path / "t.csv.gz").message == "t.csv.gz is compressed, and damaged or cut off"


def test_a_gzip_with_a_wrong_byte_is_refused(tmp_path: Path) -> None:
    content = bytearray(gzip.compress(TABLE))
    content[len(content) // 2] ^= 0xFF
    (tmp_path / "t.csv.gz").write_bytes(content)
    assert "damaged or cut off" in refusal(tmp_path / "t.csv.gz").message
