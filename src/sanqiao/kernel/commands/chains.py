from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from sanqiao.kernel.chains import check_data, digest
from sanqiao.kernel.models import Chain, Link, User, reference


@transaction.atomic
def append_link(
    *, chain: str, kind: str, subject: Model, by: User, data: dict[str, Any] | None = None
) -> Link:
    """Append one act to a chain, one writer at a time until commit. It is itself the record.

    `data` is JSON without floats; raises ValueError("chain.float").
    """
    check_data(data or {})
    _lock(chain)
    head, _ = Chain.objects.get_or_create(name=chain, defaults={"algorithm": _algorithm()})
    link = Link(
        chain=head,
        seq=head.length + 1,
        previous=head.head,
        kind=kind,
        subject=reference(subject),
        by=by.username,
        at=timezone.now(),
        data=data or {},
    )
    link.digest = digest(link, head.algorithm)
    link.save()
    return link


def _algorithm() -> str:
    """For new chains."""
    return str(settings.CHAIN_ALGORITHM)


def _lock(chain: str) -> None:
    """The web role may not lock a row of the chain, since it may not change one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"chain {chain}"])
