"""`python -m bench._sender MOBILISATION`: sends batches until none is left, whatever happens.

With STUB_IS_BAD leases are short, so that a killed sender's batches are soon taken again.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta
from random import choice


def main(mobilisation: int) -> int:
    """How many messages this sender handed over is printed at the end."""
    import django

    django.setup()
    from django.db import DatabaseError, connection

    from sanqiao.work.mobilisation.commands import sending
    from sanqiao.work.mobilisation.dispatch import send_batch

    if os.environ.get("STUB_IS_BAD"):
        sending.LEASE = timedelta(seconds=2)
    number = 0
    while True:
        try:
            batches, is_done = waiting(mobilisation)
            if is_done:
                break
            number += send_batch(choice(batches)).number if batches else 0
            time.sleep(0 if batches else 0.05)
        except (DatabaseError, OSError):
            connection.close()
            time.sleep(0.2)
    print(number)
    return 0


def waiting(mobilisation: int) -> tuple[list[int], bool]:
    """Batches that are free now, and whether nothing is left at all."""
    from django.db.models import Q
    from django.utils import timezone

    from sanqiao.kernel.scope import EVERYTHING, applied
    from sanqiao.work.mobilisation.models import Batch

    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    with applied(EVERYTHING, actor=None, request="bench"):
        left = Batch.objects.filter(mobilisation=mobilisation, done_at=None)
        found = list(left.filter(free, due_at__lte=now).values_list("pk", flat=True)[:20])
        return found, not found and not left.exists()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
