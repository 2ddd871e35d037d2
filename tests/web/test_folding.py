"""Templates filled in once a language show what the same templates show node by node."""

from __future__ import annotations

import pytest
from django.template import Context, Engine, Template
from django.template.base import TextNode
from django.template.loader import get_template
from django.utils import translation

from sanqiao.web.folding import fold

SOURCE = """{% load i18n static %}<p lang="{% html_lang %}">{% translate "区划" %}{% icon "place" %}
{% static "icons.svg" %}{% if here %}{% translate "党员" %} {{ name }}{% else %}{% translate "任职" %}
{% endif %}{% for one in many %}{% icon "day" %}{{ one }}{% icon one %}{% empty %}
{% translate "单位" %}{% endfor %}{% block a %}{% translate "报表" %}{% endblock a %}
{% translate "区划" as kept %}{{ kept }}{% translate name %}{% translate "区划"|upper %}</p>"""


def engine() -> Engine:
    builtins = ["sanqiao.web.templatetags.workbench"]
    libraries = {"i18n": "django.templatetags.i18n", "static": "django.templatetags.static"}
    return Engine(builtins=builtins, libraries=libraries)


@pytest.mark.no_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("context", [{"here": 1, "name": "<刘>"}, {"many": ["check", "<"]}])
def test_a_folded_template_shows_the_same(language: str, context: dict[str, object]) -> None:
    with translation.override(language):
        plain, folded = (Template(SOURCE, engine=engine()) for _n in range(2))
        fold(folded.nodelist)
        assert folded.render(Context(context)) == plain.render(Context(context))


@pytest.mark.no_db
def test_what_is_steady_becomes_one_text() -> None:
    template = Template('a{% icon "day" %}{% html_lang %}b{{ name }}', engine=engine())
    fold(template.nodelist)
    assert [type(node) is TextNode for node in template.nodelist] == [True, False]


@pytest.mark.no_db
def test_each_language_has_its_own_copy() -> None:
    shown = {}
    for language in ("zh-hans", "en", "zh-hans"):
        with translation.override(language):
            shown[language] = get_template("components/empty.html").render({})
    assert "这里还没有记录" in shown["zh-hans"]
    assert "这里还没有记录" not in shown["en"]
