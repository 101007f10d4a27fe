"""The whole cold command beside a notebook of the same analysis, as processes, best of three, printed as ratios."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUNS = 3
PEER_TOOLS = HERE.parent / ".venv-bench" / "bin"

NOTEBOOK = """
import pandas as pd, numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import StandardScaler
import matplotlib.pyplot as plt
frame = pd.read_csv({source!r}, sep=None, engine="python")
---
numbers = frame.select_dtypes("number").dropna()
values = StandardScaler().fit_transform(numbers.loc[:, numbers.nunique() > 2])
scores = {{k: KMeans(k, n_init=10, random_state=42).fit(values) for k in range(2, 11)}}
---
plt.plot(list(scores), [m.inertia_ for m in scores.values()], marker="o"); plt.title("Elbow"); plt.show()
---
plt.plot(list(scores), [silhouette_score(values, m.labels_) for m in scores.values()], marker="o"); plt.show()
---
numbers["segment"] = scores[3].labels_
numbers.groupby("segment").mean().T
---
numbers["segment"].value_counts().plot.bar(); plt.show()
---
plt.scatter(values[:, 0], values[:, 1], c=scores[3].labels_, s=4); plt.show()
---
numbers.boxplot(column="Income", by="segment"); plt.show()
"""


@dataclass(frozen=True)
class Figures:
    """One run of a command: wall and processor seconds, the largest process, and all processes together (MB)."""

    wall: float
    cpu: float
    largest: float
    together: float


def measure(commands: list[list[str]]) -> Figures:
    """Run the commands one after the other and account for them and all their children."""
    before, start = os.times(), time.perf_counter()
    peaks: dict[int, float] = {}
    together = 0.0
    for command in commands:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        watcher = _Watcher(process.pid)
        watcher.start()
        _, said = process.communicate()
        watcher.ended.set()
        watcher.join()
        if process.returncode:
            sys.exit(f"{' '.join(command)}\n{said}")
        peaks |= watcher.peaks
        together = max(together, watcher.together)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Figures(time.perf_counter() - start, cpu, max(peaks.values(), default=0.0), together)


class _Watcher(threading.Thread):
    """Samples the resident memory of a process and its descendants, from /proc."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.root, self.ended = root, threading.Event()
        self.peaks: dict[int, float] = {}
        self.together = 0.0

    def run(self) -> None:
        while not self.ended.wait(0.02):
            now = {pid: _resident(pid) for pid in _family(self.root)}
            for pid, size in now.items():
                self.peaks[pid] = max(self.peaks.get(pid, 0.0), size)
            self.together = max(self.together, sum(now.values()))


def _family(root: int) -> list[int]:
    found, queue = [], [root]
    while queue:
        pid = queue.pop()
        found.append(pid)
        try:
            for task in Path(f"/proc/{pid}/task").iterdir():
                queue += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def _resident(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    except (OSError, StopIteration):
        return 0.0


def write_notebook(source: Path, path: Path) -> None:
    """The peer's analysis as a notebook."""
    cells = [
        {
            "cell_type": "code", "execution_count": None, "id": f"c{n}", "metadata": {}, "outputs": [],
            "source": text.strip(),
        }
        for n, text in enumerate(NOTEBOOK.format(source=str(source)).split("---\n"))
    ]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    path.write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))


def peer_commands(folder: Path) -> list[list[str]]:
    """Execute the notebook once, then turn it into HTML, PPTX and PDF."""
    convert = [str(PEER_TOOLS / "jupyter"), "nbconvert"]
    pandoc = subprocess.run(
        [str(PEER_TOOLS / "python"), "-c", "import pypandoc; print(pypandoc.get_pandoc_path())"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    typ = str(folder / "peer.typ")
    notebook, done = str(folder / "peer.ipynb"), str(folder / "done.ipynb")
    compile_pdf = "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2])"
    return [
        [*convert, "--execute", "--to", "notebook", notebook, "--output", done],
        [*convert, "--to", "html", done],
        [*convert, "--to", "markdown", done],
        [pandoc, str(folder / "done.md"), f"--resource-path={folder}", "-o", str(folder / "peer.pptx")],
        [pandoc, str(folder / "done.md"), f"--resource-path={folder}", "-t", "typst", "-s", "-o", typ],
        [str(PEER_TOOLS / "python"), "-c", compile_pdf, typ, str(folder / "peer.pdf")],
    ]


def main() -> None:
    source = Path(sys.argv[1]).resolve()
    folder = Path(tempfile.mkdtemp())
    log, out = folder / "log.jsonl", folder / "out"
    write_notebook(source, folder / "peer.ipynb")
    ours = [[sys.executable, "-m", "segreport", "run", str(source), "-o", str(out), "--quiet", "--log", str(log)]]
    theirs = peer_commands(folder)
    runs = [(measure(ours), measure(theirs)) for _ in range(RUNS)]
    own, peer = (min((pair[side] for pair in runs), key=lambda f: f.wall) for side in (0, 1))
    print(f"{'':24}{'segreport':>12}{'notebook':>12}{'ratio':>8}")
    rows = {"wall, s": "wall", "processor, s": "cpu", "largest process, MB": "largest", "all together, MB": "together"}
    for label, name in rows.items():
        a, b = getattr(own, name), getattr(peer, name)
        print(f"{label:24}{a:12.2f}{b:12.2f}{a / b:8.2f}")
    print("\nstage seconds of the last run")
    for line in log.read_text().splitlines():
        stage = json.loads(line)
        print(f"  {stage['stage']:<12}{stage['seconds']:8.2f}")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
