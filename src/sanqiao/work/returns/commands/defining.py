"""What is to be reported: a form, and its editions."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Reason, refusing
from sanqiao.work.returns import policies
from sanqiao.work.returns.clock import office_spans
from sanqiao.work.returns.models import (
    FormEdition,
    FormIdentity,
    FormLine,
    IdentityTerm,
    ReturnForm,
)
from sanqiao.work.returns.rows import EditionSpec, FormSpec, IdentitySpec, LineSpec

REASONS = {
    "returns_returnform_code_key": Reason("returns.code_taken", "code", _("编码已被使用")),
    "return_form_competent_body": Reason(
        "returns.no_body", "competent_body", _("须写明主管单位：谁有权要、有权发布这些数")
    ),
    "form_line_unit": Reason("returns.no_unit", "lines", _("每个项目都要有计量单位")),
    "form_edition_clock": Reason("returns.bad_clock", "due_after", _("天数和小时数不能为负")),
}


@transaction.atomic
def define_form(*, spec: FormSpec, edition: EditionSpec, by: User) -> ReturnForm:
    """A form with its first edition.

    Raises Refused: returns.not_allowed, code_taken, no_body, no_unit, no_lines, twin_line,
    unknown_line, office_hours.
    """
    policies.check_defines(by)
    with refusing(REASONS):
        form = ReturnForm.objects.create(**spec._asdict())
        _open(form, 1, edition)
    note("returns.form_defined", subject=form, by=by, code=form.code)
    return form


@transaction.atomic
def open_edition(*, form: ReturnForm, edition: EditionSpec, by: User) -> FormEdition:
    """A changed definition, from a day on; the edition before ends there, and both stay.

    Raises Refused as `define_form`, and returns.edition_too_early.
    """
    policies.check_defines(by)
    form = ReturnForm.objects.select_for_update().get(pk=form.pk)
    last = form.editions.latest("number")
    policies.check_next_edition(form, edition, last)
    last.valid_to = edition.valid_from
    last.save(update_fields=["valid_to"])
    with refusing(REASONS):
        opened = _open(form, last.number + 1, edition)
    note("returns.edition_opened", subject=form, by=by, number=opened.number)
    return opened


def _open(form: ReturnForm, number: int, spec: EditionSpec) -> FormEdition:
    policies.check_edition(spec)
    office_spans(spec.clock.office_hours)
    edition = FormEdition.objects.create(
        form=form, number=number, valid_from=spec.valid_from, document=spec.document,
        **spec.clock._asdict(),
    )  # fmt: skip
    lines = {line.code: _line(edition, order, line) for order, line in enumerate(spec.lines, 1)}
    for order, identity in enumerate(spec.identities, 1):
        _identity(edition, order, identity, lines)
    return edition


def _line(edition: FormEdition, order: int, spec: LineSpec) -> FormLine:
    given = {**spec._asdict(), "code": f"{edition.form.code}.{spec.code}"}
    return FormLine.objects.create(edition=edition, order=order, **given)


def _identity(
    edition: FormEdition, order: int, spec: IdentitySpec, lines: dict[str, FormLine]
) -> None:
    identity = FormIdentity.objects.create(
        edition=edition, order=order, name=spec.name, total=lines[spec.total]
    )
    signed = [(code, 1) for code in spec.plus] + [(code, -1) for code in spec.minus]
    IdentityTerm.objects.bulk_create(
        IdentityTerm(identity=identity, line=lines[code], sign=sign) for code, sign in signed
    )
