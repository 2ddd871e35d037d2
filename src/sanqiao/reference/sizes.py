"""How large the reference city is. The numbers are those of the source, or chosen to satisfy it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

SMALLEST = 0.01


@dataclass(frozen=True)
class Sizes:
    """Records of the whole city at full size, in force on 2020-06-30."""

    communities: int = 1_979
    urban_grids: int = 622
    microgrids: int = 4_109
    compound_grids: int = 1_877
    compound_organisations: int = 153
    key_poor_villages: int = 456
    weak_organisations: int = 159
    work_teams: int = 1_807
    leaders: int = 336
    city_leaders: int = 36
    township_cadres: int = 2_422
    community_cadres: int = 8_922
    first_secretaries: int = 1_141
    team_members: int = 2_668
    graduates: int = 796
    front_line: int = 2_068
    squads: int = 60
    urban_squads: int = 24
    squad_members: int = 120
    county_squad_members: int = 252
    stewards: int = 5_115
    members: int = 120_160
    municipal_units: int = 180
    county_units: int = 360
    enterprises: int = 120
    owners_committees: int = 620
    three_no_compounds: int = 318
    member_households: int = 1_260
    functional_branches: int = 24
    estate_functional_branches: int = 46

    def at(self, scale: float) -> Sizes:
        """In proportion below full size; above it only the members grow, elsewhere.

        Raises ValueError under `SMALLEST`, where some county would have nothing.
        """
        if scale < SMALLEST:
            raise ValueError(f"The smallest reference city is of scale {SMALLEST}")
        if scale >= 1:
            return self
        small = {f.name: max(1, round(getattr(self, f.name) * scale)) for f in fields(self)}
        return replace(self, **small)
