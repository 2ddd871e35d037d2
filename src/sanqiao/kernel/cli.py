"""`sanqiao createadmin`: one of the three administrators, from the shell."""

from __future__ import annotations

import argparse
import os
import sys
from getpass import getpass


def create_admin(arguments: list[str]) -> int:
    """Exit status 1 with the reason when refused. The password comes from the terminal, or from
    SANQIAO_PASSWORD."""
    from . import commands
    from .errors import Refused
    from .roles import SEPARATED_ROLES
    from .scope import EVERYTHING, applied

    parser = argparse.ArgumentParser("sanqiao createadmin", description=__doc__)
    parser.add_argument("username")
    parser.add_argument("--role", choices=sorted(SEPARATED_ROLES), default="security_administrator")
    parser.add_argument("--name", default="", help="the person's name")
    given = parser.parse_args(arguments)
    password = os.environ.get("SANQIAO_PASSWORD") or getpass()
    try:
        with applied(EVERYTHING, actor=None, request="createadmin"):
            commands.create_admin(
                username=given.username, password=password, display_name=given.name, role=given.role
            )
    except Refused as refusal:
        sys.stderr.write(f"{refusal.message}\n")
        return 1
    return 0
