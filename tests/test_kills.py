"""A run that is killed at any moment leaves the old output or the new one, whole, once the next run has looked."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from segreport.publish import work_folder

COMMAND = (sys.executable, "-m", "segreport", "run", "--formats", "xlsx", "--quiet")


def run_and_kill(sample: Path, folder: Path, seed: int, after: float) -> int:
    process = subprocess.Popen(
        [*COMMAND, str(sample), "-o", str(folder), "--seed", str(seed)], stderr=subprocess.DEVNULL
    )
    time.sleep(after)
    process.kill()
    return process.wait()


def whole(folder: Path) -> bool:
    """Whether the folder is as its manifest says, file by file."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    hashes = {entry["name"]: entry["sha256"] for entry in manifest["files"]}
    found = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir() if p.name != "manifest.json"}
    return found == hashes


def campaign(sample: Path, folder: Path, kills: int, seed: int) -> None:
    started = time.perf_counter()
    subprocess.run([*COMMAND, str(sample), "-o", str(folder)], check=True)
    seconds = time.perf_counter() - started
    moments = random.Random(seed)
    for number in range(kills):
        # most of the moments near the end, where files are put into place
        run_and_kill(sample, folder, number, seconds * (1 - 0.9 * moments.random() ** 3))
        with work_folder(folder):
            pass
        assert whole(folder), f"kill {number} of seed {seed}"


def test_a_few_kills_leave_the_output_whole(sample: Path, tmp_path: Path) -> None:
    campaign(sample, tmp_path / "out", 4, 1)


@pytest.mark.long
def test_a_hundred_kills_leave_the_output_whole(sample: Path, tmp_path: Path) -> None:
    campaign(sample, tmp_path / "out", 100, 2)
