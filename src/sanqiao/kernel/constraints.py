from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement
from django.db.models import BaseConstraint, CheckConstraint, F, Model, Q

Columns = Sequence[str]
REFUSE = "USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = "
"""The end of a RAISE, before the name under which commands know the refusal."""
STAYS = """
CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% {says}', TG_TABLE_NAME {refuse} TG_TABLE_NAME || '_stays';
END $$
"""


def together(*fields: str, name: str) -> CheckConstraint:
    """All of `fields` are set, or none is."""
    unset = Q(**{f"{field}__isnull": True for field in fields})
    given = Q(**{f"{field}__isnull": False for field in fields})
    return CheckConstraint(condition=unset | given, name=name)


def ordered(first: str, second: str, *, name: str) -> CheckConstraint:
    """`second` is empty or later than `first`; a dated row covers `[first, second)`."""
    return CheckConstraint(
        condition=Q(**{f"{second}__isnull": True}) | Q(**{f"{second}__gt": F(first)}), name=name
    )


class RawConstraint(BaseConstraint):
    """A table constraint in SQL, for what Django has no class for. `%(table)s` is the table."""

    def __init__(self, *, name: str, sql: str) -> None:
        super().__init__(name=name)
        self.sql = sql

    def constraint_sql(
        self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> str:
        return f'CONSTRAINT "{self.name}" {self.sql}'

    def create_sql(  # type: ignore[override]
        self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Statement:
        clause = self.constraint_sql(model, schema_editor)
        return Statement(f'ALTER TABLE "{_table(model)}" ADD {clause}')

    def remove_sql(  # type: ignore[override]
        self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Statement:
        return Statement(f'ALTER TABLE "{_table(model)}" DROP CONSTRAINT "{self.name}"')

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database alone decides; commands turn its refusal into words."""

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "sql": self.sql}

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, RawConstraint)
        return same and (self.name, self.sql) == (other.name, other.sql)  # type: ignore[attr-defined]

    __hash__ = None  # type: ignore[assignment]


def _table(model: type[Model] | None) -> str:
    if model is None:
        raise ValueError("a table constraint needs a model")
    return model._meta.db_table


def path_follows(field: str, target: str, *, name: str, path: str = "") -> RawConstraint:
    """`<field>_path` equals the path of the row that `field` names, also when that row moves."""
    column = path or f"{field}_path"
    return RawConstraint(
        name=name,
        sql=f'FOREIGN KEY ("{field}_id", "{column}") REFERENCES "{target}" ("id", "path")'
        " ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE",
    )


def no_overlap(*columns: str, name: str, start: str, end: str, where: str = "") -> RawConstraint:
    """Rows that agree in all integer `columns` never overlap in `[start, end)`."""
    same = ", ".join(f"int8range({c}::bigint, {c}::bigint, '[]') WITH &&" for c in columns)
    clause = f"EXCLUDE USING gist ({same}, daterange({start}, {end}) WITH &&)"
    return RawConstraint(name=name, sql=clause + (f" WHERE ({where})" if where else ""))


def stays(
    domain: str, tables: Mapping[str, Columns], *, says: str, name: str = "stays"
) -> Iterator[tuple[str, str]]:
    """For a migration, what to do and how to undo it: rows of `<domain>_<table>` never go, nor
    change but in the columns named."""
    function = f"{domain}_{name}"
    yield STAYS.format(function=function, says=says, refuse=REFUSE), f"DROP FUNCTION {function}"
    for table, free in tables.items():
        columns = ", ".join(f"'{column}'" for column in free)
        yield (
            f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {domain}_{table}"
            f" FOR EACH ROW EXECUTE FUNCTION {function}({columns})",
            f"DROP TRIGGER {name} ON {domain}_{table}",
        )
