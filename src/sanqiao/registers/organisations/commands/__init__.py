"""Everything that changes organisations and units."""

from .committees import change_committee, dissolve_committee, found_committee
from .editing import (
    change_organisation,
    change_unit,
    close_unit,
    create_organisation,
    create_unit,
    dissolve_organisation,
    move_organisation,
    rename_organisation,
)
from .organisations import import_organisations
from .units import (
    import_owners_committees,
    import_units,
    import_work_teams,
    organisations_of,
    units_of,
)

__all__ = [
    "change_committee", "change_organisation", "change_unit", "close_unit", "create_organisation",
    "create_unit", "dissolve_committee", "dissolve_organisation", "found_committee",
    "import_organisations", "import_owners_committees", "import_units", "import_work_teams",
    "move_organisation", "organisations_of", "rename_organisation", "units_of",
]  # fmt: skip
