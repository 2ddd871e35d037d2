"""What may be asked, filed and said. Pure; raises Refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area

from .models import FormEdition, FormLine, Ranking, Return, ReturnForm, Standing
from .rows import EditionSpec, Filing, Saying
from .sums import Mismatch


class NoteMissing(Refused):
    """Numbers do not add up and nobody says why; `mismatches` say which."""

    def __init__(self, mismatches: Sequence[Mismatch]) -> None:
        words = _("有数字对不上，请核对；确实如此的，写明附注。%(first)s")
        found = {"first": mismatches[0].words}
        super().__init__("returns.note_missing", words % found, field="note")
        self.mismatches = tuple(mismatches)


def check_may(by: User, act: str, areas: Iterable[Area]) -> None:
    """Raises Refused: returns.not_allowed."""
    for area in areas:
        if not by.may(act, area=area.path):
            words = _("您无权在“%(area)s”办理此事") % {"area": area.name}
            raise Refused("returns.not_allowed", words)


def check_defines(by: User) -> None:
    """Raises Refused: returns.not_allowed."""
    if not by.may("returns.define"):
        raise Refused("returns.not_allowed", _("您无权制定报表"))


def check_edition(spec: EditionSpec) -> None:
    """Lines once each, identities over known lines. Raises Refused: returns.no_lines, twin_line,
    unknown_line."""
    codes = [line.code for line in spec.lines]
    if not codes:
        raise Refused("returns.no_lines", _("报表至少要有一个项目"), field="lines")
    if len(set(codes)) < len(codes):
        raise Refused("returns.twin_line", _("项目编码不能重复"), field="lines")
    for identity in spec.identities:
        unknown = {identity.total, *identity.plus, *identity.minus} - set(codes)
        if unknown:
            words = _("恒等式“%(name)s”里有不认识的项目：%(codes)s")
            found = {"name": identity.name, "codes": "、".join(sorted(unknown))}
            raise Refused("returns.unknown_line", words % found, field="identities")


def check_next_edition(form: ReturnForm, spec: EditionSpec, last: FormEdition) -> None:
    """Raises Refused: returns.edition_too_early."""
    if spec.valid_from <= last.valid_from:
        words = _("新版本的起用日期应晚于现行版本的 %(day)s") % {"day": last.valid_from}
        raise Refused("returns.edition_too_early", words, field="valid_from")


def check_areas(form: ReturnForm, areas: Sequence[Area]) -> None:
    """Raises Refused: returns.no_areas, returns.wrong_level."""
    if not areas:
        raise Refused("returns.no_areas", _("没有要填报的区划"), field="areas")
    wrong = [area.name for area in areas if area.level != form.level]
    if wrong:
        words = _("这张报表由%(level)s填报，不能布置给：%(names)s")
        found = {"level": form.get_level_display(), "names": "、".join(wrong[:5])}
        raise Refused("returns.wrong_level", words % found, field="areas")


def check_hours(given: Decimal, least: int, reason: str) -> None:
    """Raises Refused: returns.too_short."""
    if given < least and not reason.strip():
        words = _("从布置到截止只有 %(given)s 个工作小时，少于 %(least)d 小时，须写明理由")
        raise Refused("returns.too_short", words % {"given": given, "least": least}, field="reason")


def check_version(known: int, current: int) -> None:
    """Somebody filed in between. Raises Refused: returns.changed_meanwhile."""
    if known != current:
        words = _("这份填报已有第 %(n)d 版，请核对后再提交") % {"n": current}
        raise Refused("returns.changed_meanwhile", words)


def check_lines(lines: Mapping[str, FormLine], filing: Filing) -> None:
    """Raises Refused: returns.unknown_line, negative, no_parts, missing_line."""
    for code, value in [*filing.values.items(), *((c, v) for (_a, c), v in filing.parts.items())]:
        if code not in lines:
            words = _("报表里没有这个项目：%(code)s") % {"code": code}
            raise Refused("returns.unknown_line", words)
        if value < 0:
            raise Refused("returns.negative", _("填报数不能为负"), field=code)
    for _area, code in filing.parts:
        if not lines[code].by_area:
            words = _("“%(line)s”不分区划填报") % {"line": lines[code].name}
            raise Refused("returns.no_parts", words, field=code)
    for code, line in lines.items():
        if line.required and code not in filing.values:
            words = _("“%(line)s”必填") % {"line": line.name}
            raise Refused("returns.missing_line", words, field=code)


def check_parts(record: Return, areas: Iterable[Area]) -> None:
    """Raises Refused: returns.part_outside."""
    for area in areas:
        if not area.path.startswith(record.area_path) or area.path == record.area_path:
            words = _("“%(part)s”不在“%(area)s”之内")
            found = {"part": area.name, "area": record.area.name}
            raise Refused("returns.part_outside", words % found)


def check_said(mismatches: Sequence[Mismatch], note: str) -> None:
    """Raises NoteMissing."""
    if mismatches and not note.strip():
        raise NoteMissing(mismatches)


def check_correction(number: int, why: str) -> None:
    """`number` is the version on file, 0 for none. Raises Refused: returns.why_missing."""
    if number and not why.strip():
        raise Refused("returns.why_missing", _("更正要写明原因"), field="why")


def check_superlative(saying: Saying, ranking: Ranking | None, standing: Standing | None) -> None:
    """May this be said? Only of a table, with a denominator where it is a rate, and with what
    the table leaves out said in words.

    Raises Refused: returns.no_ranking, not_in_table, not_in_place, exclusion_unsaid.
    """
    if ranking is None:
        words = _("没有对照表支持这个说法：缺少分母，或者没有可比的表")
        raise Refused("returns.no_ranking", words, field="measure")
    if standing is None or standing.place is None:
        raise Refused("returns.not_in_table", _("本区域不在这个排序里"), field="measure")
    if standing.place != saying.place:
        words = _("按%(table)s，名次是第 %(place)d 位，不是第 %(said)d 位")
        found = {"table": ranking.table, "place": standing.place, "said": saying.place}
        raise Refused("returns.not_in_place", words % found, field="text")
    check_exclusions_said(saying.text, ranking.left_out)


def check_table_said(text: str, ranking: Ranking) -> None:
    """A place is said with its table and the table's day. Raises Refused: returns.table_unsaid."""
    day = ranking.table.valid_from
    for said in (ranking.table.name, f"{day.year}年{day.month}月{day.day}日"):
        if said not in text:
            words = _("名次须写明出自哪份对照表和数据日期，缺少：%(said)s")
            raise Refused("returns.table_unsaid", words % {"said": said}, field="text")


def check_exclusions_said(text: str, excluded: Iterable[Standing]) -> None:
    """Raises Refused: returns.exclusion_unsaid."""
    unsaid = [standing.row.name for standing in excluded if standing.row.name not in text]
    if unsaid:
        words = _("排序时没有计入%(names)s，原文须写明") % {"names": "、".join(unsaid)}
        raise Refused("returns.exclusion_unsaid", words, field="text")
