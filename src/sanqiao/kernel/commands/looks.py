from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from sanqiao.kernel import policies
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.fields import EncryptedField
from sanqiao.kernel.models import User, note_look
from sanqiao.kernel.scope import Scoped


@transaction.atomic
def unmask(*, record: Scoped, field: str, purpose: str, by: User) -> str:
    """The plain text of an encrypted `field`; the look and its purpose are logged first.

    Raises Refused: kernel.no_right, kernel.reason_missing, kernel.not_masked.
    """
    purpose = policies.check_says_why(purpose, field="purpose")
    model = type(record)
    if not isinstance(model._meta.get_field(field), EncryptedField):
        raise Refused("kernel.not_masked", _("该项不是加密信息。"), field=field)
    visible = model._default_manager.filter(model.rows_in(by.scope))
    fresh = visible.filter(pk=record.pk).first() if by.may("people.unmask") else None
    if fresh is None:
        raise Refused("kernel.no_right", _("您没有查看该信息的权限。"))
    note_look(user=by, subject=record, field=field, purpose=purpose)
    return str(getattr(fresh, field) or "")
