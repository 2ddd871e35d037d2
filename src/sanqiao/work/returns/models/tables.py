"""Published tables that compare areas, and the only superlatives that may be said: theirs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import CheckConstraint, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import ordered, path_follows
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import ScopedQuerySet
from sanqiao.registers.areas.models import Area, InArea

from .forms import FormEdition, FormLine


class ComparisonTableQuerySet(models.QuerySet["ComparisonTable"]):
    def visible_to(self, user: User) -> Self:
        """Published tables are public."""
        return self.all()

    def current(self) -> Self:
        return self.filter(is_current=True)

    def ranking(self, measure: str, day: date) -> Ranking | None:
        """`<series>.<code>` in the latest table of the series on the day."""
        series, _dot, code = measure.partition(".")
        tables = self.current().filter(series=series, valid_from__lte=day)
        table = tables.order_by("-valid_from").first()
        if table is None:
            return None
        return table.rankings.filter(code=code).select_related("table").first()


class ComparisonTable(models.Model):
    """对照表: a published table, row by area, with its source and day. Public.

    A table of the same `series` holds until the next one; a corrected one is a new `number`.
    """

    series = models.SlugField(_("系列"), max_length=30)
    name = models.CharField(_("对照表"), max_length=120)
    scope = models.CharField(_("范围"), max_length=120)
    edition = models.ForeignKey(FormEdition, models.PROTECT, related_name="+")
    source = models.CharField(_("来源"), max_length=300)
    valid_from = models.DateField(_("数据日期"))
    valid_to = models.DateField(_("下一份"), null=True, editable=False)
    number = models.IntegerField(_("版次"), default=1)
    is_current = models.BooleanField(default=True, editable=False)
    warnings: models.JSONField[Any, Any] = models.JSONField(default=list)
    note = models.CharField(_("附注"), max_length=500, blank=True)
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    objects = ComparisonTableQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series", "valid_from", "number"], name="comparison_table_number"
            ),
            models.UniqueConstraint(
                fields=["series", "valid_from"], condition=Q(is_current=True),
                name="comparison_table_one_current",
            ),
            ordered("valid_from", "valid_to", name="comparison_table_dates"),
            CheckConstraint(condition=~Q(source=""), name="comparison_table_source"),
            CheckConstraint(
                condition=Q(warnings=[]) | ~Q(note=""), name="comparison_table_warning_has_note"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name}（{self.valid_from}）"

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class TableColumn(models.Model):
    """对照表的列: a line of a form, and its total as printed; some have a total and no cells."""

    table = models.ForeignKey(ComparisonTable, models.PROTECT, related_name="columns")
    order = models.IntegerField()
    line = models.ForeignKey(FormLine, models.PROTECT, related_name="+")
    stated_total = models.DecimalField(_("合计"), max_digits=20, decimal_places=4, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["table", "line"], name="table_column_line"),
            models.UniqueConstraint(fields=["table", "order"], name="table_column_order"),
        ]

    def __str__(self) -> str:
        return str(self.line)


class TableRow(models.Model):
    """对照表的行: an area by its printed name; `area` where it is one of ours."""

    table = models.ForeignKey(ComparisonTable, models.PROTECT, related_name="rows")
    order = models.IntegerField()
    name = models.CharField(_("地区"), max_length=60)
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["table", "name"], name="table_row_name"),
            models.UniqueConstraint(fields=["table", "order"], name="table_row_order"),
        ]

    def __str__(self) -> str:
        return self.name


class TableCell(models.Model):
    """对照表的数."""

    row = models.ForeignKey(TableRow, models.PROTECT, related_name="cells")
    column = models.ForeignKey(TableColumn, models.PROTECT, related_name="cells")
    value = models.DecimalField(_("数值"), max_digits=20, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["row", "column"], name="table_cell_once"),
            CheckConstraint(condition=Q(value__gte=0), name="table_cell_value"),
        ]

    def __str__(self) -> str:
        return f"{self.row} {self.column} {self.value.normalize():f}"


class RankingQuerySet(models.QuerySet["Ranking"]):
    def said(self, measures: Iterable[tuple[str, date]]) -> Self:
        """Of each `<series>.<code>` that which holds on the day, with its table and standings."""
        asked = Q(pk__in=[])
        for measure, day in measures:
            series, _dot, code = measure.partition(".")
            ends = Q(table__valid_to=None) | Q(table__valid_to__gt=day)
            begins = Q(table__series=series, table__valid_from__lte=day)
            asked |= Q(ends, begins, code=code)
        standings = Prefetch("standings", Standing.objects.select_related("row"))
        current = self.filter(asked, table__is_current=True)
        return current.select_related("table").prefetch_related(standings)


class Ranking(models.Model):
    """排序: how a table orders its areas; a rate has a denominator, an exclusion has words."""

    table = models.ForeignKey(ComparisonTable, models.PROTECT, related_name="rankings")
    code = models.SlugField(_("编码"), max_length=30)
    name = models.CharField(_("排序"), max_length=60)
    numerator = models.ForeignKey(TableColumn, models.PROTECT, related_name="+")
    denominator = models.ForeignKey(TableColumn, models.PROTECT, related_name="+", null=True)
    is_rate = models.BooleanField(_("是比率"), default=True)
    highest_first = models.BooleanField(_("由高到低"), default=True)

    objects = RankingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["table", "code"], name="ranking_code"),
            CheckConstraint(
                condition=Q(is_rate=False) | Q(denominator__isnull=False),
                name="ranking_rate_has_denominator",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} · {self.name}"

    @property
    def measure(self) -> str:
        """`<series>.<code>`, by which superlatives name it."""
        return f"{self.table.series}.{self.code}"

    @property
    def left_out(self) -> list[Standing]:
        """Who is not ordered, with words that say why."""
        return [standing for standing in self.standings.all() if standing.excluded]


class Standing(models.Model):
    """名次: an area's place in a ranking; an excluded one has none, and words that say why."""

    ranking = models.ForeignKey(Ranking, models.PROTECT, related_name="standings")
    row = models.ForeignKey(TableRow, models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    place = models.IntegerField(_("名次"), null=True)
    place_of_all = models.IntegerField(_("不排除时的名次"))
    excluded = models.CharField(_("不参加排序的说明"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ranking", "row"], name="standing_once"),
            CheckConstraint(
                condition=Q(place__isnull=False, excluded="")
                | Q(place__isnull=True) & ~Q(excluded=""),
                name="standing_excluded_in_words",
            ),
            CheckConstraint(condition=Q(place_of_all__gte=1), name="standing_place"),
        ]

    def __str__(self) -> str:
        return f"{self.row} {self.place or '—'}"


class Superlative(InArea):
    """名次说法: a sentence that says highest or lowest, and whether a table lets it stand.

    `is_quoted` is what some text printed; else it is ours, and then it must stand.
    """

    measure = models.CharField(_("排序"), max_length=61)
    text = models.CharField(_("原文"), max_length=200)
    source = models.CharField(_("出处"), max_length=200)
    on_day = models.DateField(_("说法日期"))
    claimed_place = models.IntegerField(_("所称名次"), default=1)
    is_quoted = models.BooleanField(_("引自他文"), default=False)
    stands = models.BooleanField(_("成立"))
    refusal = models.CharField(max_length=60, blank=True)
    reason = models.CharField(_("不成立的原因"), max_length=300, blank=True)
    standing = models.ForeignKey(Standing, models.PROTECT, null=True, related_name="+")
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("登记人"))

    objects = ScopedQuerySet["Superlative"].as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="superlative_area_path"),
            models.UniqueConstraint(
                fields=["area", "measure"], condition=Q(is_quoted=True),
                name="superlative_quoted_once",
            ),
            CheckConstraint(
                condition=Q(stands=True, standing__isnull=False, refusal="", reason="")
                | Q(stands=False, is_quoted=True) & ~Q(refusal="") & ~Q(reason=""),
                name="superlative_stands_on_a_table",
            ),
            CheckConstraint(condition=Q(claimed_place__gte=1), name="superlative_place"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["area_path"], name="superlative_path")]

    def __str__(self) -> str:
        return self.text
