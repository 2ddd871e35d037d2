from decimal import Decimal
from pathlib import Path
from time import perf_counter

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.reports.documents.rows import digest_of, freeze, measure

from .make import make_rows

WORDS = st.text(alphabet=st.characters(codec="utf-8"), max_size=4) | st.none()


def test_rows_are_counted_told_apart_and_summed() -> None:
    table = make_rows(6)

    assert measure(table, "count") == 6
    assert measure(table, "distinct") == 4
    assert measure(table, "sum") == Decimal("0.15")
    assert measure(table.slice(0, 0), "sum") == 0


def test_order_chunks_and_file_do_not_change_the_digest(tmp_path: Path) -> None:
    table = make_rows(50)
    turned = pa.concat_tables([table.slice(20), table.slice(0, 20)])
    pq.write_table(turned.select(turned.column_names[::-1]), tmp_path / "rows.parquet")

    assert digest_of(pq.read_table(tmp_path / "rows.parquet")) == digest_of(table)


@given(st.lists(WORDS, min_size=1), st.data())
def test_any_changed_field_changes_the_digest(names: list[str | None], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(names) - 1))
    other = data.draw(WORDS.filter(lambda word: word != names[at]))
    ids = pa.array(range(len(names)), pa.int64())

    before = pa.table({"row_id": ids, "name": pa.array(names, pa.string())})
    changed = [*names[:at], other, *names[at + 1 :]]
    after = pa.table({"row_id": ids, "name": pa.array(changed, pa.string())})

    assert digest_of(before) != digest_of(after)


def test_a_tab_in_a_field_is_not_a_border_between_fields() -> None:
    one = pa.table({"a": ["x\ty"], "b": ["z"], "row_id": [1]})
    two = pa.table({"a": ["x"], "b": ["y\tz"], "row_id": [1]})

    assert digest_of(one) != digest_of(two)


def test_a_whole_citys_members_are_digested_in_a_moment() -> None:
    table = make_rows(120_000)
    started = perf_counter()

    digest_of(table)

    assert perf_counter() - started < 1.0


def test_equal_rows_share_one_file(tmp_path: Path) -> None:
    terms = [
        freeze(make_rows(9), folder=tmp_path, name=name, measure="count", selector="members")
        for name in ("党员", "在职党员")
    ]

    assert {term.file for term in terms} == {path.name for path in tmp_path.iterdir()}
    assert terms[0].rows == 9
