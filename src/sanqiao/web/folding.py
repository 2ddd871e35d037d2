"""Templates of which each language has a copy with its words, icons and file names filled in.

They are the same on every page, and half of the nodes that a page would render.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.template import Context, Node, NodeList, Template
from django.template.base import FilterExpression, TextNode, Variable
from django.template.defaulttags import IfNode
from django.template.library import SimpleNode
from django.template.loaders import cached
from django.templatetags.i18n import TranslateNode
from django.templatetags.static import StaticNode
from django.utils.translation import get_language

from .templatetags.workbench import html_lang, icon

STEADY = (icon, html_lang)
"""Tags that give the same for the same words, in one language."""


class Loader(cached.Loader):
    def cache_key(self, template_name: str, skip: list[Any] | None = None) -> str:
        return f"{get_language()} {super().cache_key(template_name, skip)}"

    def get_template(self, template_name: str, skip: list[Any] | None = None) -> Template:
        is_new = self.cache_key(template_name, skip) not in self.get_template_cache
        template = super().get_template(template_name, skip)
        if is_new:
            fold(template.nodelist)
        return template


def fold(nodes: NodeList) -> None:
    """Put text in the place of what is steady, and join texts that meet; all the way down."""
    for node in nodes:
        for below in _below(node):
            fold(below)
    nodes[:] = list(_joined(_text(node) if _is_steady(node) else node for node in nodes))


def _below(node: Any) -> Iterator[NodeList]:
    if isinstance(node, IfNode):
        yield from (nodes for _condition, nodes in node.conditions_nodelists)
        return
    for name in node.child_nodelists:
        if isinstance(nodes := getattr(node, name, None), NodeList):
            yield nodes


def _joined(nodes: Iterable[Node]) -> Iterator[Node]:
    last: TextNode | None = None
    for node in nodes:
        if isinstance(node, TextNode) and last is not None:
            last.s += node.s
            continue
        last = TextNode(node.s) if isinstance(node, TextNode) else None
        yield last or node


def _text(node: Node) -> TextNode:
    return TextNode(str(node.render(Context())))


def _is_steady(node: Any) -> bool:
    if isinstance(node, TranslateNode):
        return not node.asvar and not node.message_context and _is_word(node.filter_expression)
    if isinstance(node, StaticNode):
        return node.varname is None and _is_word(node.path)
    if isinstance(node, SimpleNode):
        return node.func in STEADY and not node.target_var and all(map(_is_word, node.args))
    return False


def _is_word(expression: FilterExpression) -> bool:
    """A text written in the template."""
    word: Any = expression.var
    literal = word.literal if isinstance(word, Variable) else word
    return not expression.filters and isinstance(literal, str)
