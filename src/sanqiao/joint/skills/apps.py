from django.apps import AppConfig
from psycopg.sql import SQL


class SkillsConfig(AppConfig):
    """Whoever orders a mobilisation may ask for skills; people write theirs on their slips."""

    name = "sanqiao.joint.skills"

    def ready(self) -> None:
        from sanqiao.work.mobilisation.audience import SKILLS

        SKILLS["service"] = ON_SLIPS


ON_SLIPS = SQL(
    "SELECT person_id, skill FROM service_membercheckin WHERE skill <> '' AND person_id IS NOT NULL"
    " AND checked_in_on <= {day} AND (ended_on IS NULL OR ended_on > {day})"
)
