"""The rows alone, counted in plain Python, give the source's figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import cache

import pytest
from shapely.geometry import Point, box, shape

from sanqiao.kernel import codes
from sanqiao.reference.city import City
from sanqiao.reference.population import AS_OF
from sanqiao.reference.territory import CITY
from sanqiao.registers.areas.rows import AreaRow
from sanqiao.registers.people.rows import AppointmentRow, MembershipRow, PersonRow

pytestmark = pytest.mark.no_db
EPIDEMIC = date(2020, 1, 23), date(2020, 6, 30)


@cache
def city() -> City:
    return City()


@cache
def people() -> tuple[list[PersonRow], list[MembershipRow]]:
    return city().members(city().party.hosts)


def in_force(start: date, end: date | None) -> bool:
    return start <= AS_OF and (end is None or end > AS_OF)


@cache
def held() -> list[AppointmentRow]:
    return [row for row in city().service.appointments if in_force(row.valid_from, row.valid_to)]


def holders(*posts: str) -> set[str]:
    return {row.id_number for row in held() if row.post_code in posts}


@cache
def areas() -> dict[str, AreaRow]:
    return {row.key: row for row in city().grids.rows}


def count_areas(**given: str) -> int:
    wanted = given.items()
    return sum(all(getattr(row, k) == v for k, v in wanted) for row in areas().values())


def test_units_are_closed_as_compounds_courtyards_and_blocks() -> None:
    """Invented; the source gives no numbers, and none of them is in a village."""
    kinds = Counter(row.kind for row in city().estates.closed_units)
    assert kinds == {"compound": 1366, "courtyard": 439, "building": 72}


@pytest.mark.parametrize(
    ("posts", "number"),
    [
        (["leader"], 336),  # F005: 330余
        (["township_cadre"], 2422),  # F006
        (["secretary", "community_cadre"], 8922),  # F007
        (["first_secretary"], 1141),  # F008
        (["team_leader", "team_member"], 2668),  # F009
        (["graduate"], 796),  # F010
        (["building_head", "volunteer"], 5115),  # F024
    ],
)
def test_each_population_has_the_number_of_the_source(posts: list[str], number: int) -> None:
    assert len(holders(*posts)) == number


def test_the_front_line_of_the_city_proper_is_over_two_thousand() -> None:  # F017, F097
    urban = {place.key for place in city().territory.urban}
    posts = {"community_cadre", "secretary", "grid_worker", "grid_head", "auxiliary"}
    own = {r.id_number for r in held() if r.post_code in posts and r.area_key[:12] in urban}

    assert len(own) == 2068
    squads = {r.id_number for r in held() if r.post_code == "squad_member" and r.area_key in urban}
    assert len(squads) == 120  # F016
    assert len(own) / len(squads) >= 16.7


def test_sixty_squads_each_have_a_captain_and_some_serve_outside_the_city_proper() -> None:  # F014
    squads = [r.area_key for r in held() if r.post_code == "squad_captain"]
    urban = {place.key for place in city().territory.urban}

    assert len(squads) == 60
    assert sum(key in urban for key in squads) == 24
    assert len(holders("squad_member")) > 120  # the 120 are not all members of all 60


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ({"level": "county"}, 10),  # F124
        ({"level": "county", "kind": "statutory"}, 8),  # F127
        ({"level": "township"}, 129),  # F128
        ({"level": "community"}, 1979),  # F129
        ({"kind": "urban_grid"}, 622),  # F022
        ({"kind": "compound_grid"}, 1877),  # F015
    ],
)
def test_each_layer_has_the_number_of_the_source(given: dict[str, str], number: int) -> None:
    assert count_areas(**given) == number


def test_every_microgrid_has_a_parent_among_the_urban_grids() -> None:
    microgrids = city().grids.microgrids
    urban = {key for key, row in areas().items() if row.kind == "urban_grid"}

    assert len(microgrids) == len({row.key for row in microgrids}) == 4109  # F023
    assert {row.grid_key for row in microgrids} == urban


def test_more_stewards_than_microgrids_still_leave_some_without() -> None:
    microgrids = {row.key for row in city().grids.microgrids}
    headed, manned = (
        {r.area_key for r in held() if r.post_code in posts}
        for posts in ({"building_head"}, {"building_head", "volunteer"})
    )

    assert len(holders("building_head", "volunteer")) > len(microgrids)
    assert (len(microgrids - headed), len(microgrids - manned)) == (178, 141)


def test_some_grid_groups_are_founded_only_after_the_epidemic() -> None:
    founded = [row.founded_on for row in city().party.rows if row.kind == "grid_group"]

    assert (len(founded), sum(day > AS_OF for day in founded)) == (622, 25)


def test_parts_of_a_grid_keep_its_households_and_lie_in_its_cell() -> None:
    parts: Counter[str] = Counter()
    for row in city().grids.microgrids:
        parts[row.grid_key] += row.households or 0
        assert shape(areas()[row.grid_key].boundary).buffer(1e-6).contains(shape(row.boundary))

    assert all(areas()[key].households == households for key, households in parts.items())


def test_no_two_urban_grids_cover_the_same_ground() -> None:
    corners = [str(r.boundary) for r in areas().values() if r.kind == "urban_grid"]

    assert len(set(corners)) == 622


def test_villages_carry_the_marks_of_the_source() -> None:
    marks = city().marks.designations
    kinds = Counter(m.kind for m in marks if in_force(m.valid_from, m.valid_to))
    delisted = [m for m in marks if m.valid_to == date(2020, 12, 20)]

    assert kinds == {"key_poor_village": 456, "weak_organisation": 159}  # F037, F032
    assert {(len(delisted), delisted[0].kind)} == {(456, "key_poor_village")}  # F125
    assert len({(m.area_key, m.kind) for m in marks}) == 615


def test_compound_organisations_are_founded_in_the_epidemic() -> None:
    every = [row for row in city().party.rows if row.setting == "compound"]
    own = [row for row in every if row.kind != "functional_branch"]

    assert (len(own), len(every) - len(own)) == (153, 46)  # F021
    assert not {row.area_key for row in own} & {r.area_key for r in every if r not in own}
    assert all(EPIDEMIC[0] <= row.founded_on <= EPIDEMIC[1] for row in own)
    assert all(areas()[row.area_key].kind == "compound_grid" for row in own)


def test_work_teams_and_municipal_units_are_enough() -> None:
    teams = city().service.work_teams

    assert len({team.area_key for team in teams}) == len(teams) == 1807  # F126
    assert sum(unit.rank == "municipal" for unit in city().units) >= 171
    assert sum(unit.credit_code.startswith("N2") for unit in city().units) > 1700
    assert len(city().marks.tiers) == 4  # F020


def test_ratios_come_out_as_the_source_prints_them() -> None:
    assert (round(4109 / 622, 2), round(1877 / 622, 2), round(4109 / 1877, 2)) == (6.61, 3.02, 2.19)
    assert round(len(holders("building_head", "volunteer")) / 4109, 2) == 1.24  # F091
    assert round(153 / 1877 * 100, 2) == 8.15  # F092
    assert len(holders("first_secretary")) - 456 - 159 == 526  # F117


def test_communities_have_from_three_to_seven_cadres() -> None:
    cadres = {"secretary", "community_cadre"}
    each = Counter(row.area_key for row in held() if row.post_code in cadres)

    assert len(each) == 1979
    assert set(each.values()) <= set(range(3, 8))


def test_first_secretaries_mostly_lead_the_work_team() -> None:
    both = holders("first_secretary") & holders("team_leader")

    assert 1000 < len(both) < 1141


def test_members_number_more_than_those_who_answered_and_gave() -> None:
    persons, memberships = people()
    active = [m for m in memberships if in_force(m.valid_from, m.valid_to)]

    assert len(persons) == len({m.id_number for m in active}) == len(active) == 120_160
    assert 1000 < sum(m.kind == "probationary" for m in active) < 5000


def test_branches_keep_to_fifty_members() -> None:
    persons = Counter(
        m.organisation_code for m in people()[1] if in_force(m.valid_from, m.valid_to)
    )
    kinds = {row.code: row.kind for row in city().party.rows}

    assert all(n <= 50 for code, n in persons.items() if kinds[code] == "branch")
    assert all(n >= 3 for n in persons.values())


def test_nobody_is_in_two_organisations_at_once_or_full_before_joining() -> None:
    last: dict[str, date | None] = {}
    for row in people()[1]:
        assert row.id_number not in last or last[row.id_number] == row.valid_from
        assert row.valid_to is None or row.valid_from < row.valid_to
        assert row.full_on is None or row.full_on >= row.joined_on
        last[row.id_number] = row.valid_to


def test_no_appointment_is_doubled_and_single_posts_have_one_holder() -> None:
    appointments = city().service.appointments
    held_by = Counter((r.id_number, r.post_code, r.area_key, r.valid_to) for r in appointments)
    single = [r.area_key for r in held() if r.post_code == "secretary"]

    assert set(held_by.values()) == {1}
    assert len(single) == len(set(single))
    assert all(r.valid_to is None or r.valid_from < r.valid_to for r in appointments)


def test_keys_names_and_codes_are_distinct() -> None:
    c = city()
    organisations = c.party.rows
    for keys in (
        [row.key for row in c.grids.rows],
        [row.code for row in organisations],
        [unit.credit_code for unit in c.units],
        [unit.name for unit in c.units if unit.rank == "municipal"],
        [(row.area_key, row.name) for row in c.estates.compounds],
        [(b.compound_area_key, b.name) for b in c.grids.buildings],
    ):
        assert len(keys) == len(set(keys))


def test_everything_refers_to_something_that_exists_before_it() -> None:
    c, known = city(), {CITY}
    for row in c.grids.rows[1:]:
        assert row.parent_key in known
        known.add(row.key)
    codes_so_far: set[str | None] = {None}
    for organisation in c.party.rows:
        assert organisation.parent_code in codes_so_far
        assert organisation.area_key in known
        codes_so_far.add(organisation.code)
    assert {unit.organisation_code for unit in c.units} <= codes_so_far
    known |= {row.key for row in c.grids.microgrids}
    assert {person.area_key for person in people()[0] + c.others} <= known
    assert {row.area_key for row in c.service.appointments} <= known


def test_every_building_stands_in_the_outline_of_its_micro_grid() -> None:
    outlines = {row.key: shape(row.boundary) for row in city().grids.microgrids}
    points = {(b.longitude, b.latitude) for b in city().grids.buildings}

    assert all(
        outlines[str(b.area_key)].contains(Point(b.longitude, b.latitude))
        for b in city().grids.buildings
    )
    assert len(points) == len(city().grids.buildings)


def test_every_appointment_is_of_somebody_in_the_registers() -> None:
    numbers = {person.id_number for person in people()[0] + city().others}

    assert {row.id_number for row in city().service.appointments} <= numbers
    assert {row.id_number for row in city().service.households} <= numbers


def test_counties_do_not_overlap_on_the_map() -> None:
    shapes = {key: shape(given) for key, given in city().grids.county_boundaries.items()}

    assert len(shapes) == 10
    assert all(s.is_valid and s.geom_type in {"Polygon", "MultiPolygon"} for s in shapes.values())
    assert shapes["4203KF"].intersection(shapes["420302"]).area < 1e-9
    assert shapes["4203WD"].intersection(shapes["420381"]).area < 1e-9


def test_every_urban_grid_lies_in_its_county() -> None:
    shapes = {k: shape(v).buffer(1e-6) for k, v in city().grids.county_boundaries.items()}
    for place in city().territory.urban:
        for cell in city().grids.cells[place.key]:
            assert shapes[place.county].contains(box(*cell.bounds))


def everybody() -> Iterable[PersonRow]:
    return people()[0] + city().others


def test_id_numbers_check_but_their_dates_are_impossible() -> None:
    numbers = [person.id_number for person in everybody()]

    assert len(set(numbers)) == len(numbers)
    assert all(13 <= int(number[10:12]) <= 19 for number in numbers)
    assert all(codes.id_number(number) == number for number in numbers[::97])


def test_gender_and_year_agree_with_the_number_and_phones_with_no_operator() -> None:
    for person in list(everybody())[::31]:
        assert int(person.id_number[16]) % 2 == (person.gender == "male")
        assert person.born_on is not None
        assert int(person.id_number[6:10]) == person.born_on.year
        assert codes.phone(person.phone).startswith("100")


def test_credit_codes_check() -> None:
    assert all(codes.credit_code(u.credit_code) == u.credit_code for u in city().units)


def test_the_same_city_comes_out_every_time() -> None:
    again = City()

    assert again.grids.rows == city().grids.rows
    assert again.party.rows == city().party.rows
    assert again.service.appointments == city().service.appointments
    assert again.members(again.party.hosts[:50]) == city().members(city().party.hosts[:50])


def test_ten_times_the_city_has_more_people_in_the_same_organisations() -> None:
    tenfold = City(10)
    hosts = tenfold.party.hosts[:3]

    assert tenfold.grids.urban_grids == city().grids.urban_grids
    assert tenfold.roster.member_count == 1_201_600
    assert len(tenfold.members(hosts)[0]) == 10 * sum(host.members for host in hosts)
