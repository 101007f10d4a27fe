"""A file is what its bytes say, whatever it is called; what holds no table is refused with its kind and a remedy."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import socket
import sqlite3
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pyreadstat
import pytest
from matplotlib import image

from segreport.errors import ExitCode, InputError
from segreport.sources.kinds import Kind, recognise

FRAME = pd.DataFrame({"id": [1.0, 2.0], "income": [10.5, 20.0]})
ARROW = pa.table({"id": [1, 2], "income": [10.5, 20.0]})
WORKBOOK_PARTS = {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"}
SECTOR = 512


def write_workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["id", "income"])
    book.save(path)


def write_sqlite(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE t (a)")
    database.close()


def write_duckdb(path: Path) -> None:
    duckdb.connect(str(path)).close()


def write_zip(path: Path, parts: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def office_file(*streams: str) -> bytes:
    """An OLE container with nothing in it but its directory."""
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(SECTOR, b"\0"))
    header[30:32] = (9).to_bytes(2, "little")
    header[48:52] = (1).to_bytes(4, "little")
    header[76:SECTOR] = b"\xff" * (SECTOR - 76)
    header[76:80] = (0).to_bytes(4, "little")
    chain = b"\xfd\xff\xff\xff\xfe\xff\xff\xff".ljust(SECTOR, b"\xff")
    return bytes(header) + chain + b"".join(map(entry, ("Root Entry", *streams))).ljust(SECTOR, b"\0")


def entry(name: str) -> bytes:
    written = f"{name}\0".encode("utf-16-le")
    return (written.ljust(64, b"\0") + len(written).to_bytes(2, "little")).ljust(128, b"\0")


WRITERS: dict[Kind, Callable[[Path], object]] = {
    Kind.TEXT: lambda path: path.write_text("id,income\n1,2\n"),
    Kind.WORKBOOK: write_workbook,
    Kind.PARQUET: lambda path: pq.write_table(ARROW, path),
    Kind.SAV: lambda path: pyreadstat.write_sav(FRAME, path),
    Kind.ZSAV: lambda path: pyreadstat.write_sav(FRAME, path, compress=True),
    Kind.GZIP: lambda path: path.write_bytes(gzip.compress(b"id,income\n1,2\n")),
    Kind.ZIP: lambda path: write_zip(path, {"customers.csv": "id,income\n1,2\n"}),
    Kind.SQLITE: write_sqlite,
    Kind.DUCKDB: write_duckdb,
}


@pytest.mark.parametrize("name", ["customers.csv", "customers", "customers.sav", "customers.xls"])
@pytest.mark.parametrize("kind", WRITERS, ids=str)
def test_a_file_is_known_by_its_bytes_whatever_it_is_called(tmp_path: Path, kind: Kind, name: str) -> None:
    path = tmp_path / name
    WRITERS[kind](path)
    assert recognise(path) == kind


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("CDNOW_master.txt", Kind.TEXT),
        ("Mall_Customers.csv", Kind.TEXT),
        ("customer_segmentation_1000.csv", Kind.TEXT),
        ("marketing_campaign.csv", Kind.TEXT),
        ("online_retail.parquet", Kind.PARQUET),
        ("messy/cpa_all_quoted_mdy_dates.csv", Kind.TEXT),
        ("messy/cpa_semicolon_bom_crlf.csv", Kind.TEXT),
        ("messy/cpa_tab_leading_blank_line.csv", Kind.TEXT),
        ("messy/cpa_xlsx_dashboard_3sheets.xlsx", Kind.WORKBOOK),
        ("messy/decimal_comma_base_cliente.csv", Kind.TEXT),
        ("messy/wholesale_trailing_commas.csv", Kind.TEXT),
        ("messy/pickle_named.sav.head256", "a Python pickle"),
        ("quick_cluster_57.json", "JSON, not a table"),
        ("messy", "a folder without Parquet files"),
    ],
)
def test_every_shared_file_is_known_for_what_it_is(shared: Path, file: str, kind: Kind | str) -> None:
    if isinstance(kind, Kind):
        assert recognise(shared / file) is kind
    else:
        with pytest.raises(InputError, match=kind):
            recognise(shared / file)


@pytest.mark.parametrize(
    "text",
    [
        "<TICKER>,<DATE>,<CLOSE>\nA,20200101,5\n",
        "[CustomerID];[Income]\n1;2\n",
        "{id},{income}\n1,2\n",
        "BM,customers\n1,2\n",
        "MZ,customers\n1,2\n",
        "sep=;\nid;income\n1;2\n",
        "\ufeffid,income\n1,2\n",
        "version,date\n1,2020-01-01\n",
        "\n\n  id\tincome\n1\t2\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_text_that_begins_like_something_else_is_text(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode(encoding))
    assert recognise(path) is Kind.TEXT


def png() -> bytes:
    picture = io.BytesIO()
    image.imsave(picture, [[0.0, 1.0]])
    return picture.getvalue()


def feather_file() -> bytes:
    written = io.BytesIO()
    feather.write_feather(ARROW, written)
    return written.getvalue()


FOREIGN = {
    "a Python pickle": [*(pickle.dumps({"a": [1]}, protocol) for protocol in range(6)), pickle.dumps(FRAME)],
    "an HTML page": [
        b"<!DOCTYPE html>\n<html><body>Please sign in</body></html>",
        b"\xef\xbb\xbf\r\n <HTML xmlns:x='urn:schemas-microsoft-com:office:excel'><table><tr><td>1</td></tr></table>",
        b"<table border=1><tr><th>id</th></tr></table>",
        b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN"><html/>',
        "<!doctype html><title>Anmeldung</title>".encode("utf-16"),
    ],
    "an Excel sheet saved as XML": [b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook/>'],
    "an XML document": [b"<?xml version='1.0'?><customers><customer id='1'/></customers>"],
    "a web page or mail": [b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n"],
    "JSON": [b'{"customers": []}', b'\n [\n  {"id": 1}]', b'{"id": 1}\n{"id": 2}\n', b"[[1, 2], [3, 4]]", b"[]"],
    "a PDF": [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"],
    "a picture": [png(), b"\xff\xd8\xff\xe0\x00\x10JFIF", b"GIF89a\x01\x00", b"RIFF\x24\0\0\0WEBPVP8 "],
    "a RAR archive": [b"Rar!\x1a\x07\x01\x00"],
    "a 7z archive": [b"7z\xbc\xaf\x27\x1c\x00\x04"],
    "compressed with bzip2": [b"BZh91AY&SY\x00\x00"],
    "compressed with xz": [b"\xfd7zXZ\x00\x00\x04"],
    "compressed with zstd": [b"\x28\xb5\x2f\xfd\x04\x00"],
    "a tar archive": [b"customers.csv".ljust(257, b"\0") + b"ustar\x0000"],
    "a SAS data set": [
        bytes(12) + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011") + bytes(32),
    ],
    "a SAS transport file": [b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!000000"],
    "a Stata file": [b"<stata_dta><header><release>118", b"\x72\x02\x01\x00\x03\x00", b"\x73\x01\x01\x00\x03\x00"],
    "a file of R objects": [b"RDX3\nX\n\x00\x00\x00\x03", b"X\n\x00\x00\x00\x02\x00\x03"],
    "an SPSS portable file": [b"ASCII SPSS PORT FILE".rjust(60)],
    "an Arrow file": [feather_file(), b"FEA1\x00\x00"],
    "an HDF5 file": [b"\x89HDF\r\n\x1a\n\x00\x00"],
    "an encrypted Parquet file": [b"PARE\x15\x00PARE"],
    "a NumPy array": [b"\x93NUMPY\x01\x00v\x00{'descr': '<f8'}"],
    "a Microsoft Access database": [b"\x00\x01\x00\x00Standard ACE DB\x00"],
    "a dBase file": [bytes([3, 124, 6, 30, 5, 0, 0, 0, 97, 0, 21, 0]) + bytes(20) + b"ID".ljust(11, b"\0") + b"N"],
    "a program": [b"\x7fELF\x02\x01\x01\x00", b"MZ\x90\x00\x03\x00"],
    "a dump of a database": [b"-- MySQL dump 10.13  Distrib 8.0\n", b"--\n-- PostgreSQL database dump\n--\n"],
    "Git LFS": [b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"],
}


@pytest.mark.parametrize(("what", "content"), [(what, one) for what, files in FOREIGN.items() for one in files])
def test_what_is_no_table_is_refused_with_its_true_kind_and_a_remedy(
    tmp_path: Path, what: str, content: bytes
) -> None:
    path = tmp_path / "customers.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=what) as refused:
        recognise(path)
    assert refused.value.exit_code == ExitCode.INPUT
    assert refused.value.message.startswith("customers.csv is ")
    assert refused.value.hint


def test_a_pickle_named_sav_is_refused_and_never_opened(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return os.mkdir, (str(tmp_path / "opened"),)

    path = tmp_path / "customers.sav"
    path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(InputError, match=r"customers\.sav is a Python pickle, which is never opened"):
        recognise(path)
    assert not (tmp_path / "opened").exists()


def test_refusals_use_the_name_that_is_given(tmp_path: Path) -> None:
    path = tmp_path / "unpacked-x8d7"
    path.write_bytes(b"%PDF-1.4")
    with pytest.raises(InputError, match=r"^report\.csv is a PDF"):
        recognise(path, "report.csv")


ZIPS = {
    "a Word document": {"[Content_Types].xml": "<Types/>", "word/document.xml": "<d/>"},
    "a PowerPoint presentation": {"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<p/>"},
    "a Java archive": {"META-INF/MANIFEST.MF": "Manifest-Version: 1.0"},
    "an Apple Numbers": {"Index/Document.iwa": "x"},
    "opendocument.text": {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<o/>"},
}


@pytest.mark.parametrize("what", ZIPS)
def test_other_documents_in_a_zip_are_named(tmp_path: Path, what: str) -> None:
    with pytest.raises(InputError, match=what):
        recognise(write_zip(tmp_path / "customers.xlsx", dict(ZIPS[what])))


def test_a_picture_of_a_chart_in_a_workbook_does_not_make_it_a_presentation(tmp_path: Path) -> None:
    parts = {**WORKBOOK_PARTS, "xl/media/image1.png": b"\x89PNG", "ppt/embedded.xml": "<p/>"}
    assert recognise(write_zip(tmp_path / "t.xlsx", parts)) is Kind.WORKBOOK


@pytest.mark.parametrize(
    ("streams", "what"),
    [
        (["EncryptionInfo", "EncryptedPackage"], "an Office file with a password"),
        (["WordDocument"], "a Word document"),
        (["PowerPoint Document"], "a PowerPoint presentation"),
        (["__properties_version1.0"], "an Outlook message"),
        (["Contents"], "an Office file without a sheet"),
    ],
)
def test_other_office_files_are_named(tmp_path: Path, streams: list[str], what: str) -> None:
    path = tmp_path / "customers.xlsx"
    path.write_bytes(office_file(*streams))
    with pytest.raises(InputError, match=what) as refused:
        recognise(path)
    assert refused.value.hint


def test_an_old_workbook_is_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "customers"
    path.write_bytes(office_file("Workbook"))
    assert recognise(path) is Kind.WORKBOOK


def test_a_directory_of_an_office_file_that_goes_in_a_circle_comes_to_an_end(tmp_path: Path) -> None:
    content = bytearray(office_file("Contents"))
    content[SECTOR + 4 : SECTOR + 8] = (1).to_bytes(4, "little")
    path = tmp_path / "customers.xls"
    path.write_bytes(content)
    with pytest.raises(InputError, match="an Office file without a sheet"):
        recognise(path)


def test_an_office_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    whole = office_file("Contents")
    for size in range(8, len(whole), 111):
        (tmp_path / "customers.xls").write_bytes(whole[:size])
        with pytest.raises(InputError, match=r"damaged or cut off|without a sheet"):
            recognise(tmp_path / "customers.xls")


def test_an_ods_with_a_password_is_refused(tmp_path: Path) -> None:
    manifest = '<manifest:manifest><manifest:encryption-data manifest:checksum="x"/></manifest:manifest>'
    parts: dict[str, bytes | str] = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": manifest,
    }
    with pytest.raises(InputError, match="a workbook with a password"):
        recognise(write_zip(tmp_path / "t.ods", parts))


def refused_at_once(path: Path) -> InputError:
    begun = time.monotonic()
    with pytest.raises(InputError) as refused:
        recognise(path)
    assert time.monotonic() - begun < 2
    return refused.value


def test_a_workbook_that_is_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    sheet = b"<row/>" * 25_000_000
    path = write_zip(tmp_path / "t.xlsx", {**WORKBOOK_PARTS, "xl/worksheets/sheet1.xml": sheet})
    assert "as a zip bomb does" in refused_at_once(path).message


def test_a_workbook_whose_parts_overlap_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "t.xlsx", {**WORKBOOK_PARTS, "a": b"x" * 900_000}, zipfile.ZIP_STORED)
    content = path.read_bytes()
    start = content.index(b"PK\x01\x02", content.index(b"x" * 1000))
    header, end = content[start : content.index(b"PK\x05\x06")], bytearray(content[content.index(b"PK\x05\x06") :])
    again = header[header.rindex(b"PK\x01\x02") :]
    size = len(header) + 9 * len(again)
    end[8:12] = (12).to_bytes(2, "little") * 2
    end[12:16] = size.to_bytes(4, "little")
    path.write_bytes(content[:start] + header + 9 * again + bytes(end))
    assert "as a zip bomb does" in refused_at_once(path).message


def test_a_zip_of_very_many_files_is_refused(tmp_path: Path) -> None:
    parts: dict[str, bytes | str] = {f"{number}.csv": "" for number in range(10_001)}
    assert "a zip archive of 10,001 files" in refused_at_once(write_zip(tmp_path / "t.zip", parts)).message


@pytest.mark.parametrize(
    "start",
    [
        '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]>',
        "<!-- <a --> <!doctype x>",
        "<!--" + "x" * 70_000 + "-->",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_workbook_that_declares_entities_is_refused(tmp_path: Path, start: str, encoding: str) -> None:
    part = f"{start}<worksheet>&lol;</worksheet>".encode(encoding)
    path = write_zip(tmp_path / "t.xlsx", {**WORKBOOK_PARTS, "xl/worksheets/sheet1.xml": part})
    assert "as an XML bomb does" in refused_at_once(path).message


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_workbook(path)
    path.write_bytes(path.read_bytes()[:-200])
    assert "damaged or cut off" in refused_at_once(path).message


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    refused = refused_at_once(tmp_path / "pipe")
    assert "is a pipe" in refused.message
    assert "-" in refused.hint


def test_a_socket_and_a_device_are_refused(tmp_path: Path) -> None:
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        with socket.socket(socket.AF_UNIX) as opened:
            opened.bind("socket")
            assert "is a socket" in refused_at_once(Path("socket")).message
    finally:
        os.chdir(here)
    assert "is a device" in refused_at_once(Path("/dev/zero")).message


def test_links_that_lead_nowhere_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "c").symlink_to(tmp_path / "nothing")
    assert "is a link that leads to itself" in refused_at_once(tmp_path / "a").message
    assert "is a link to a file that is not there" in refused_at_once(tmp_path / "c").message


def test_a_link_to_a_table_is_followed(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id\n1\n")
    (tmp_path / "link").symlink_to(tmp_path / "t.csv")
    assert recognise(tmp_path / "link") is Kind.TEXT


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert refused_at_once(tmp_path / "customers.csv").message == f"there is no file {tmp_path}/customers.csv"
    (tmp_path / "t.csv").write_text("id\n1\n")
    assert "there is no file" in refused_at_once(tmp_path / "t.csv" / "customers.csv").message
    assert "too long for a path" in refused_at_once(tmp_path / ("x" * 300)).message


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id\n1\n")
    path.chmod(0)
    assert "may not be read" in refused_at_once(path).message


@pytest.mark.parametrize("content", [b"", b" \r\n\t\n", b"\xef\xbb\xbf\n", b"\xff\xfe", bytes(100)])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert refused_at_once(path).message == "t.csv is empty"


def test_a_folder_of_parquet_files_is_one_table(tmp_path: Path) -> None:
    (tmp_path / "year=2020").mkdir()
    pq.write_table(ARROW, tmp_path / "year=2020" / "part-0")
    (tmp_path / "_SUCCESS").touch()
    assert recognise(tmp_path) is Kind.PARQUET


def test_a_folder_with_a_file_that_is_parquet_by_name_only_is_refused(tmp_path: Path) -> None:
    pq.write_table(ARROW, tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_text("id\n1\n")
    refused = refused_at_once(tmp_path)
    assert "b.parquet is named as a Parquet file, but is none" in refused.message


def test_tables_with_a_log_are_refused_as_some_of_their_files_are_out_of_date(tmp_path: Path) -> None:
    pq.write_table(ARROW, tmp_path / "a.parquet")
    (tmp_path / "_delta_log").mkdir()
    assert "is a Delta Lake table" in refused_at_once(tmp_path).message
    (tmp_path / "_delta_log").rmdir()
    (tmp_path / "metadata").mkdir()
    (tmp_path / "metadata" / "v1.metadata.json").touch()
    assert "is an Iceberg table" in refused_at_once(tmp_path).message
