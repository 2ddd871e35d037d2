"""Every register that spreadsheets can fill, by the name that the command line and pages use."""

from __future__ import annotations

from sanqiao.kernel.importing import Register
from sanqiao.registers.areas.sheets import SHEETS as AREAS
from sanqiao.registers.organisations.sheets import SHEETS as ORGANISATIONS
from sanqiao.registers.people.sheets import SHEETS as PEOPLE

REGISTERS: dict[str, Register] = {**AREAS, **ORGANISATIONS, **PEOPLE}
