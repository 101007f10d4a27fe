"""What the tests of the brief share: the cases, and how one is made and read."""

from __future__ import annotations

from pathlib import Path

import pypdf
from factory import make_report

from segreport.domain import Report
from segreport.paths import templates_folder
from segreport.render import pdf
from segreport.render.brand import Brand, load_brand
from segreport.render.job import Job

BRIEF = templates_folder() / "brief"
NASTY = {1: '=HYPERLINK("x") & <script>', 2: "{{7*7}} {% x %} $x$", 3: "العربية Ελληνικά Żółć Жук 日本語 😀"}
LONG = dict.fromkeys(range(1, 13), "Extraordinarily loyal customers of wine.")

CASES = {
    "two": (2, {}),
    "three": (3, {}),
    "four, tiny": (4, {"tiny": True}),
    "five": (5, {}),
    "six, long names": (6, {"names": LONG}),
    "seven": (7, {}),
    "nine, tiny": (9, {"tiny": True}),
    "twelve, long names": (12, {"names": LONG}),
    "none": (3, {"verdict": "none"}),
    "three, nasty": (3, {"names": NASTY}),
}


def report(case: str) -> Report:
    k, options = CASES[case]
    return make_report(k, **options)


def brand_for(page: str = "A4") -> Brand:
    return load_brand().model_copy(update={"page": page})


def make(one: Report, folder: Path, *, template: Path = BRIEF, page: str = "A4") -> Path:
    out = folder / "brief.pdf"
    pdf.render(Job(one, template, out, brand_for(page)))
    return out


def words(path: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages).replace("\x00", "")
