"""One demo account for each role, over the street and community that the source names."""

from __future__ import annotations

from typing import NamedTuple

from sanqiao.kernel.models import User
from sanqiao.kernel.roles import ROLE_NAMES
from sanqiao.kernel.scope import EVERYTHING, acting_as
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.people.models import Membership

from .commands import grant_demo_role, open_demo_account, open_demo_admin

PASSWORD = "Sanqiao-2020"  # noqa: S105
COUNTY, TOWNSHIP, COMMUNITY = "420302", "420302001", "420302001007"
GRID, UNIT = f"{COMMUNITY}-G01", "DM0011"
ADMINS = {
    "secadmin": "security_administrator",
    "sysadmin": "system_administrator",
    "auditor": "audit_administrator",
}


class Account(NamedTuple):
    """`place` is an area's key, or an organisation's code where the tree is `organisations`."""

    username: str
    role: str
    place: str
    tree: str = "areas"


LOADER = Account("city", "city_officer", "")
ACCOUNTS = (
    Account("county", "county_officer", COUNTY),
    Account("township", "township_clerk", TOWNSHIP),
    Account("community", "community_secretary", COMMUNITY),
    Account("grid", "grid_worker", GRID),
    Account("unit", "unit_liaison", UNIT, "organisations"),
    Account("member", "member", COMMUNITY),
    Account("supervisor", "supervisor", COUNTY),
)


def loader() -> User:
    """The city officer, in whose name everything is loaded; made with the three administrators."""
    found = User.objects.filter(username=LOADER.username).first()
    if found:
        return found
    for username, role in ADMINS.items():
        open_demo_admin(username=username, role=role, password=PASSWORD)
    return _open(LOADER, "", "全市", None)


def open_accounts() -> None:
    """The other accounts, once their places and the member are in the registers."""
    with acting_as(loader(), scope=EVERYTHING):
        taken = set(User.objects.values_list("username", flat=True))
        for account in ACCOUNTS:
            if account.username not in taken:
                path, name = _place(account)
                _open(account, path, name, _person(account))


def account_names() -> list[tuple[str, str, str]]:
    """(user name, role, place) of every demo account, in the order of the roles."""
    users = User.objects.filter(is_demo=True).prefetch_related("grants")
    rows = [(u.username, g.role, g.place) for u in users for g in u.grants.all()]
    order = list(ROLE_NAMES)
    return [
        (username, str(ROLE_NAMES[role]), place)
        for username, role, place in sorted(rows, key=lambda row: order.index(row[1]))
    ]


def _open(account: Account, path: str, place: str, person_id: int | None) -> User:
    giver = User.objects.get(username="secadmin")
    user = open_demo_account(
        username=account.username,
        display_name=str(ROLE_NAMES[account.role]),
        password=PASSWORD,
        person_id=person_id,
        by=giver,
    )
    grant_demo_role(
        user=user, role=account.role, tree=account.tree, path=path, place=place, by=giver
    )
    return user


def _place(account: Account) -> tuple[str, str]:
    """Path and name; the whole city where a small city lacks the place."""
    if account.tree == "organisations":
        organisation = Organisation.objects.filter(code=account.place).first()
        organisation = organisation or Organisation.objects.filter(setting="unit").earliest("id")
        return organisation.path, organisation.name
    area = Area.objects.filter(key=account.place).first()
    area = area or _like(account.place)
    return area.path, area.name


def _like(key: str) -> Area:
    """An area of the city proper of the level that the key has."""
    level = {6: "county", 9: "township", 12: "community"}.get(len(key), "grid")
    return Area.objects.filter(level=level, key__startswith=COUNTY).earliest("id")


def _person(account: Account) -> int | None:
    """An ordinary member of the community, who has a post nowhere."""
    if account.role != "member":
        return None
    path, _ = _place(account)
    found = Membership.objects.filter(valid_to=None, kind="full", person__appointments=None)
    return found.filter(area_path__startswith=path).earliest("id").person_id
