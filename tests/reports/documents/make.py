"""A report of the size that offices write, with rows behind every number."""

import datetime
import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from sanqiao.reports.documents.charts import bars_svg
from sanqiao.reports.documents.model import (
    CheckLine,
    Evidence,
    Heading,
    Inline,
    Number,
    Paragraph,
    Picture,
    Report,
    Table,
)
from sanqiao.reports.documents.printing import combined, printed
from sanqiao.reports.documents.rows import freeze, measure

COUNTIES = ("茅箭区", "张湾区", "郧阳区", "郧西县", "竹山县", "竹溪县", "房县", "丹江口市")
TEXT = (
    "市委组织部坚持以人民为中心，把党员组织起来、把群众发动起来，"
    "全市共有党员{0}人，其中在职党员{1}人下沉社区，划分网格{2}个，"
    "选派第一书记{3}名，实现村（社区）全覆盖，群众满意度持续提升。"
)


def make_rows(count: int, seed: int = 0) -> pa.Table:
    """`count` rows with ids, areas, subjects (a third repeated) and amounts."""
    draw = random.Random(seed)
    return pa.table(
        {
            "row_id": pa.array(range(1, count + 1), pa.int64()),
            "area_id": pa.array([draw.randrange(900) for _ in range(count)], pa.int64()),
            "subject_id": pa.array([n * 2 // 3 for n in range(count)], pa.int64()),
            "amount": pa.array([Decimal(n) / 100 for n in range(count)], pa.decimal128(18, 2)),
        }
    )


def make_evidence(
    folder: Path, key: str = "members", count: int = 1136, **given: object
) -> Evidence:
    """A count of `count` frozen rows in `folder`, printed with thousands separators."""
    table = make_rows(count)
    term = freeze(table, folder=folder, name="党员", measure="count", selector="members")
    value = combined([measure(table, "count")], combine="first", factor=1, decimals=0)
    usual = Evidence(
        key=key,
        figure="people.members",
        name="党员总数",
        definition="截至当日组织关系在本区域的正式党员与预备党员，按人去重",
        since=datetime.date(2020, 1, 1),
        source="党员名册",
        owner="市委组织部组织科",
        area_code="420300",
        area_name="十堰市",
        as_of=datetime.date(2020, 9, 3),
        start=None,
        unit="人",
        combine="first",
        factor=1,
        decimals=0,
        style="grouped",
        value=value,
        printed=printed(value, "grouped"),
        terms=(term,),
        url="http://127.0.0.1:8000/figures/people.members/",
    )
    return replace(usual, **given)  # type: ignore[arg-type]


def bound(evidence: Evidence) -> Number:
    return Number(key=evidence.key, text=evidence.printed)


def make_report(evidence: tuple[Evidence, ...], blocks: tuple[object, ...] | None = None) -> Report:
    """An official report; without `blocks`, one sentence that prints all the evidence."""
    sentence = Paragraph(inlines=tuple(part for e in evidence for part in (bound(e), "人，")))
    return Report(
        title_lines=("关于全市基层党建工作情况的报告",),
        organ="中共十堰市委组织部文件",
        number="十组发〔2020〕5号",
        addressee="市委",
        blocks=(sentence,) if blocks is None else blocks,  # type: ignore[arg-type]
        sign="中共十堰市委组织部",
        date=datetime.date(2020, 9, 3),
        copied_to="市委办公室，市人大常委会办公室，市政府办公室。",
        printed_by="中共十堰市委组织部办公室",
        printed_on=datetime.date(2020, 9, 4),
        evidence=evidence,
        checks=(
            CheckLine(
                name="网格层级", kind="单调", statement="网格数≤小区网格数", holds=True, note=""
            ),
            CheckLine(
                name="捐款人数与响应人数",
                kind="子集",
                statement="捐款党员数≤响应党员数",
                holds=False,
                note="两个口径的人群不同，见说明。",
            ),
        ),
        language="zh-hans",
        seal="已发布 2020-09-04 林",
        chain_head="3f" * 32,
    )


def make_long_report(folder: Path, numbers: int = 100, picture: Picture | None = None) -> Report:
    """A report of `numbers` bound numbers under headings of three levels, a table and a chart."""
    evidence = tuple(
        make_evidence(folder, key=f"figure.{n}:4203", count=700 + 41 * n, name=f"第{n}项指标")
        for n in range(numbers)
    )
    blocks: list[object] = [Heading(level=1, text="总体情况")]
    for start in range(0, numbers - 8, 4):
        if start % 12 == 4:
            blocks += [Heading(level=2, text="压实责任。"), Heading(level=3, text="建立台账。")]
        blocks.append(Paragraph(inlines=_filled(evidence[start : start + 4])))
    bars = [(name, Decimal(900 - 71 * n), None) for n, name in enumerate(COUNTIES)]
    chart = bars_svg("各县（市、区）第一书记", bars, "名")
    blocks.append(picture or Picture(kind="chart", svg=chart, caption="图1 各县（市、区）第一书记"))
    blocks.append(
        Table(
            head=("县（市、区）", "应办", "完成率"),
            rows=tuple(
                (name, bound(e), "91.60%") for name, e in zip(COUNTIES, evidence[-8:], strict=True)
            ),
            caption="表1 完成情况",
        )
    )
    return make_report(evidence, tuple(blocks))


def _filled(evidence: tuple[Evidence, ...]) -> tuple[Inline, ...]:
    pieces: list[Inline] = []
    for n, part in enumerate(TEXT.replace("{", "}").split("}")):
        number = n % 2 and int(part) < len(evidence)
        pieces.append(bound(evidence[int(part)]) if number else ("" if n % 2 else part))
    return tuple(pieces)
