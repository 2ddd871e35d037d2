"""Everything that changes areas and what lies in them."""

from .areas import import_areas
from .boundaries import import_boundaries
from .buildings import change_building, create_building, import_buildings
from .closing import close_unit_off, open_unit_again
from .editing import change_area, change_compound, close_compound, create_compound
from .estates import (
    close_units,
    compound_ids,
    designate,
    import_compounds,
    set_tiers,
)
from .moving import move_area, settle_moves
from .splitting import import_splits, split_grid, split_grids

__all__ = [
    "change_area", "change_building", "change_compound", "close_compound", "close_unit_off",
    "close_units", "compound_ids", "create_building", "create_compound", "designate",
    "import_areas", "import_boundaries", "import_buildings", "import_compounds", "import_splits",
    "move_area", "open_unit_again", "set_tiers", "settle_moves", "split_grid", "split_grids",
]  # fmt: skip
