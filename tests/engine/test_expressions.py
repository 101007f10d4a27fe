"""What users write in [derive] and [clean] where: one value of a row, the same every time, and no way out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from segreport.engine import Relation, open_session
from segreport.engine.expressions import check_expression, limited
from segreport.errors import ConfigError


@pytest.fixture
def rows() -> Iterator[Relation]:
    with open_session() as session:
        row = "1.0::DOUBLE AS Income, 'x' AS \"Home town\", TIMESTAMP '2020-01-05' AS joined"
        found = session.create(f"SELECT {row} FROM range(3)")
        session.seal()
        yield found


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("Income * 2", "DOUBLE"),
        ("income > 0 AND \"Home town\" = 'now() is a word here'", "BOOLEAN"),
        ("upper(\"Home town\") -- in capitals", "VARCHAR"),
        ("CASE WHEN Income > 1 THEN 'high' ELSE 'low' END", "VARCHAR"),
        ("date_diff('day', joined, DATE '2021-01-01')", "BIGINT"),
        ("coalesce(Income, 0)", "DOUBLE"),
    ],
)
def test_an_expression_over_a_row_has_a_type(rows: Relation, expression: str, kind: str) -> None:
    assert check_expression(expression, rows, place="[derive] x") == kind


@pytest.mark.parametrize(
    ("expression", "cause", "hint"),
    [
        ("Incom + 1", "there is no column 'Incom'", "did you mean Income?"),
        ("Income +", "syntax error", "SQL over the columns of a row"),
        ("1); DROP TABLE t1; SELECT (1", "more than one expression", "one expression"),
        ("1), (2", "gives 2 values", "one expression"),
        ("avg(Income)", "", "SQL over the columns"),
        ("random()", "random() changes from run to run", "every run gives the same"),
        ("now()", "now() changes", "write the date"),
        ("date_diff('year', joined, CURRENT_DATE)", "current_date() changes", "write the date"),
        ("age(joined)", "age() changes", "write the date"),
        ("(SELECT count(*) FROM read_text('/etc/passwd'))", "", "without files and network"),
        ("(SELECT content FROM read_blob('/etc/hostname'))", "", "without files and network"),
        ('"random"() < 0.5', "random() changes", "every run"),
        ("random/**/()", "random() changes", "every run"),
        ("(SELECT 1)", "has a SELECT of its own", "columns of a row"),
        ("Income - avg(Income) OVER ()", "has a window over other rows", "columns of a row"),
        ("row_number() OVER ()", "has a window over other rows", "columns of a row"),
        ("getenv('HOME')", "", "without files and network"),
    ],
)
def test_what_is_no_expression_over_a_row_is_refused_with_its_place(
    rows: Relation, expression: str, cause: str, hint: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        check_expression(expression, rows, place="[derive] x")
    assert refused.value.message.startswith("[derive] x: ")
    assert cause in refused.value.message
    assert hint in refused.value.hint
    assert "\n" not in refused.value.message


def test_an_expression_without_end_is_ended(rows: Relation) -> None:
    with pytest.raises(ConfigError, match="not done after"), limited(rows.session, "[derive] x", seconds=0.2):
        rows.session.query("SELECT count(*) FROM range(10000000000) AS a, range(1000) AS b WHERE a.range % 7 = b.range")


def test_no_file_is_written_by_an_expression(rows: Relation, tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        check_expression(f"1); COPY (SELECT 1) TO '{tmp_path}/x.csv'; SELECT (1", rows, place="[clean] where")
    assert list(tmp_path.iterdir()) == []
