"""Standard input is kept in a file, whole, and refused where nothing comes."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from segreport.errors import ExitCode, InputError
from segreport.sources.pipe import spool


def test_what_is_piped_in_is_in_the_file_byte_for_byte(tmp_path: Path) -> None:
    sent = os.urandom(3_000_001)
    assert spool(io.BytesIO(sent), tmp_path).read_bytes() == sent


def test_a_pipe_that_gives_little_at_a_time_is_read_to_its_end(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"id,income\n1,2\n")
    os.close(writing)
    with os.fdopen(reading, "rb", buffering=0) as stream:
        assert spool(stream, tmp_path).read_bytes() == b"id,income\n1,2\n"


def test_nothing_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="standard input is empty") as refused:
        spool(io.BytesIO(b""), tmp_path)
    assert refused.value.exit_code == ExitCode.INPUT
    assert refused.value.hint


def test_a_keyboard_is_refused_before_it_is_waited_for(tmp_path: Path) -> None:
    master, keyboard = os.openpty()
    try:
        with (
            os.fdopen(keyboard, "rb", buffering=0) as stream,
            pytest.raises(InputError, match="nothing is piped in"),
        ):
            spool(stream, tmp_path)
    finally:
        os.close(master)
