"""Everything that changes people, memberships and appointments."""

from .appointments import import_appointments, import_member_households, import_posts
from .editing import (
    admit_member,
    appoint,
    change_person,
    confirm_full,
    create_person,
    end_appointment,
    end_membership,
    transfer_membership,
)
from .households import close_household, open_household
from .members import import_members, import_memberships
from .people import import_people

__all__ = [
    "admit_member", "appoint", "change_person", "close_household", "confirm_full",
    "create_person", "end_appointment", "end_membership", "import_appointments",
    "import_member_households", "import_members", "import_memberships", "import_people",
    "import_posts", "open_household", "transfer_membership",
]  # fmt: skip
