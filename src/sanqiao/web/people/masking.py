"""Personal data as lists and pages show them; the whole is seen only with a reason, logged."""

from __future__ import annotations

STARS = "****"


def masked_phone(phone: str) -> str:
    """`138****1234`; nothing for nothing, stars for what is too short to hide."""
    if not phone:
        return ""
    return phone[:3] + STARS + phone[-4:] if len(phone) >= 10 else STARS


def masked_id(number: str) -> str:
    """`420302********001X`: district and tail, without the birth date."""
    if not number:
        return ""
    return number[:6] + "********" + number[-4:] if len(number) == 18 else STARS
