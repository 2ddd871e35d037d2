"""What a sentence may not say of its numbers, whoever writes it. Raises Refused, with the words.

A superlative or a place stands only on a comparison table that the sentence names, with its day
and with what the table leaves out; 人次 are no persons; valued goods are no money; two numbers that
stand apart are neither added nor set in a ratio.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused
from sanqiao.work.returns import policies
from sanqiao.work.returns.models import Ranking, Standing
from sanqiao.work.returns.rows import Saying

from .evidence import Bound

ENDS = re.compile(r"(?<=[。！？])")
SUPERLATIVE = re.compile(
    r"最(?:高(?!人民|限|额)|低(?!生活|工资|限度|标准)|多(?!跑)|少|好|优|快|大(?!限度|努力|化|程度)|小(?!单元))"
    r"|居首|首位|榜首|冠军|倒数|末位|名列前茅|独占鳌头"
)
NUMERAL = r"第[一二三四五六七八九十\d]+"
TYPED_PLACE = re.compile(
    rf"{NUMERAL}[位名](?!次|书记)"
    rf"|(?:全省|全国|全市|排|排名|位居|名列|位列|居|列){NUMERAL}(?![次届批季轮期书个章条])"
    r"|第 [位名]"
)
PUT_TOGETHER = re.compile(r"占(?!用)|比例|之比|百分|倍|率|合计|共计|总计|总共|相加")
PERSONS = re.compile(r"\s*(?:余|多)?[人名位](?!次)")
VALUED = re.compile(r"折价|折合|折算|价值")
TIMES, GOODS = "人次", "元（折价）"


@dataclass
class Sentence:
    """`text` has a blank for each bound number; `after` are the words that follow each."""

    text: str = ""
    bounds: list[Bound] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    @property
    def places(self) -> list[Bound]:
        return [bound for bound in self.bounds if bound.figure.kind == "place"]


def sentences(parts: Iterable[str | Bound]) -> Iterator[Sentence]:
    """Split at full stops: a table named once stands for the whole sentence."""
    sentence = Sentence()
    for part in parts:
        if isinstance(part, Bound):
            sentence.text += " "
            sentence.bounds.append(part)
            sentence.after.append("")
            continue
        for n, piece in enumerate(ENDS.split(part)):
            if n:
                yield sentence
                sentence = Sentence()
            sentence.text += piece
            if sentence.after and not sentence.after[-1]:
                sentence.after[-1] = piece
    yield sentence


class Rankings:
    """The rankings in which the places of a text stand, all read at once."""

    def __init__(self, bounds: Iterable[Bound]) -> None:
        self._asked = {(b.figure.ranking, b.as_of) for b in bounds if b.figure.ranking}

    @cached_property
    def _read(self) -> list[Ranking]:
        return list(Ranking.objects.said(self._asked)) if self._asked else []

    def find(self, place: Bound) -> tuple[Ranking | None, Standing | None]:
        """The ranking of a place, and the standing of its area in it."""
        for ranking in self._read:
            if ranking.measure == place.figure.ranking and ranking.table.holds_on(place.as_of):
                standings = (s for s in ranking.standings.all() if s.area_id == place.area.pk)
                return ranking, next(standings, None)
        return None, None


def check_wording(parts: Sequence[str | Bound], rankings: Rankings) -> None:
    """Of a paragraph, a heading or a caption. Raises Refused: reports.superlative, no_table,
    not_persons, goods_are_no_money, stand_apart, and those of returns' policies."""
    for sentence in sentences(parts):
        for rule in RULES:
            rule(sentence, rankings)


def _superlatives(sentence: Sentence, rankings: Rankings) -> None:
    """The words need a place; a place needs its table; nobody types a place by hand."""
    said = SUPERLATIVE.search(sentence.text)
    typed = None if sentence.places else TYPED_PLACE.search(sentence.text)
    typed = typed or re.search(NUMERAL + "[位名](?!次|书记)", sentence.text)
    if typed or said and not sentence.places:
        words = _("“%(said)s”是名次说法，只能引用对照表中的名次：%(text)s")
        found = (typed or said)[0]  # type: ignore[index]
        raise _refusal("reports.superlative", words, said=found, text=sentence.text)
    for place in sentence.places:
        _check_place(place, sentence.text, rankings)
    if said:
        _check_first(sentence, rankings)


def _check_place(place: Bound, text: str, rankings: Rankings) -> None:
    ranking, _standing = rankings.find(place)
    if ranking is None:
        words = _("“%(name)s”没有对照表可依，不能引用：%(text)s")
        raise _refusal("reports.no_table", words, name=place.figure.name, text=text)
    policies.check_table_said(text, ranking)
    policies.check_exclusions_said(text, ranking.left_out)


def _check_first(sentence: Sentence, rankings: Rankings) -> None:
    """One of the places bears the superlative out."""
    refusals: list[Refused] = []
    for place in sentence.places:
        ranking, standing = rankings.find(place)
        try:
            return policies.check_superlative(_saying(place, sentence.text), ranking, standing)
        except Refused as refusal:
            refusals.append(refusal)
    raise refusals[0]


def _saying(place: Bound, text: str) -> Saying:
    return Saying(place.area.key, place.figure.ranking, text, "", place.as_of)


def _times(sentence: Sentence, _rankings: Rankings) -> None:
    """One person with two roles is two 人次 and one person."""
    for bound, after in zip(sentence.bounds, sentence.after, strict=True):
        if str(bound.figure.unit) == _(TIMES) and PERSONS.match(after):
            words = _("“%(name)s”是人次，不能写成人数：%(text)s")
            name = bound.figure.name
            raise _refusal("reports.not_persons", words, name=name, text=sentence.text)


def _goods(sentence: Sentence, _rankings: Rankings) -> None:
    for bound in sentence.bounds:
        if str(bound.figure.unit) == _(GOODS) and not VALUED.search(sentence.text):
            words = _("“%(name)s”是物资的折价，句中须写明折价：%(text)s")
            name = bound.figure.name
            raise _refusal("reports.goods_are_no_money", words, name=name, text=sentence.text)


def _together(sentence: Sentence, _rankings: Rankings) -> None:
    codes = {bound.figure.code: bound.figure for bound in sentence.bounds}
    said = PUT_TOGETHER.search(sentence.text)
    for figure in codes.values():
        for other in codes.keys() & set(figure.apart):
            if said:
                words = _("“%(one)s”与“%(other)s”只能并列，不能相加、相除：%(text)s")
                pair = {"one": figure.name, "other": codes[other].name}
                raise _refusal("reports.stand_apart", words, **pair, text=sentence.text)


def _refusal(code: str, words: str, **found: object) -> Refused:
    return Refused(code, words % found, field="text")


RULES: tuple[Callable[[Sentence, Rankings], None], ...] = (_superlatives, _times, _goods, _together)
