"""What the database itself guards, installed after every migration and safe to repeat.

History triggers on every business table, append-only triggers, the hash chain's lock, row-level
security on every scoped table, and the rights of the web role. A new model is covered by being
declared; nothing has to be remembered.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import connection
from django.db.models import DateField, Model

from .models import Chain, Change, Event, Grant, Link, Look, Progress, Seat, Session
from .models.events import RUN
from .roles import SEPARATED_ROLES
from .scope import Scoped

WEB_ROLE = "sanqiao_web"
APPEND_ONLY: tuple[type[Model], ...] = (Event, Change, Look, Link)
APPENDED_BY_ALL: tuple[type[Model], ...] = (Event, Look)
"""Everybody may add a row, whatever they may read."""
UNTRACKED: tuple[type[Model], ...] = (*APPEND_ONLY, Chain, Progress, Seat, Session)
"""History itself, counters, and sessions."""

ROLE = f"""
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{WEB_ROLE}') THEN
    CREATE ROLE {WEB_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT;
  END IF;
END $$
"""  # noqa: S608

APPEND_ONLY_FUNCTION = """
CREATE OR REPLACE FUNCTION sanqiao_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('sanqiao.purging', true) = TG_TABLE_NAME THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

KEEP_LOG_DAYS = 183
"""网络安全法 第二十一条: network logs are kept for six months at least."""

PURGE_FUNCTION = f"""
CREATE OR REPLACE FUNCTION sanqiao_purge_looks(before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE purged bigint;
BEGIN
  IF before > now() - interval '{KEEP_LOG_DAYS} days' THEN
    RAISE EXCEPTION 'the access log is kept for {KEEP_LOG_DAYS} days at least'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  PERFORM set_config('sanqiao.purging', '{Look._meta.db_table}', true);
  DELETE FROM {Look._meta.db_table} WHERE at < before;
  GET DIAGNOSTICS purged = ROW_COUNT;
  PERFORM set_config('sanqiao.purging', '', true);
  RETURN purged;
END $$
"""  # noqa: S608
"""The one way out of an append-only table, for what is old alone; the web role has no DELETE."""

LINK_FUNCTION = """
CREATE OR REPLACE FUNCTION sanqiao_link() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public AS $$
DECLARE c kernel_chain;
BEGIN
  SELECT * INTO c FROM kernel_chain WHERE id = NEW.chain_id FOR UPDATE;
  IF NEW.seq IS DISTINCT FROM c.length + 1 OR NEW.previous IS DISTINCT FROM c.head THEN
    RAISE EXCEPTION 'chain % forked at %', c.name, NEW.seq
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  UPDATE kernel_chain SET length = NEW.seq, head = NEW.digest WHERE id = c.id;
  RETURN NEW;
END $$
"""


SEPARATION_FUNCTION = f"""
CREATE OR REPLACE FUNCTION sanqiao_separation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('grants'), NEW.user_id::int);
  IF EXISTS (
    SELECT 1 FROM {Grant._meta.db_table} g
    WHERE g.user_id = NEW.user_id AND g.id <> NEW.id AND g.role <> NEW.role
    AND daterange(g.valid_from, g.valid_to) && daterange(NEW.valid_from, NEW.valid_to)
    AND ({{roles}} && ARRAY[g.role, NEW.role]::text[])
  ) THEN
    RAISE EXCEPTION 'grant_separated_roles' USING ERRCODE = 'integrity_constraint_violation',
      CONSTRAINT = 'grant_separated_roles';
  END IF;
  RETURN NEW;
END $$
""".format(roles=f"ARRAY{sorted(SEPARATED_ROLES)}::text[]")  # noqa: S608


def secure() -> None:
    """Install everything; raises DatabaseError when the connection does not own the tables."""
    with connection.cursor() as cursor:
        for statement in statements():
            cursor.execute(statement)


def statements() -> Iterator[str]:
    yield ROLE
    yield APPEND_ONLY_FUNCTION
    yield PURGE_FUNCTION
    yield LINK_FUNCTION
    yield SEPARATION_FUNCTION
    for model in APPEND_ONLY:
        yield from append_only(model._meta.db_table)
    yield from linked(Link._meta.db_table)
    yield from separated(Grant._meta.db_table)
    for model in tracked_models():
        yield from history(model)
    for model in scoped_models():
        yield from policy(model)
    yield from rights()


def our_models() -> list[type[Model]]:
    return [
        m
        for m in apps.get_models(include_auto_created=True)
        if m.__module__.startswith("sanqiao.") and m._meta.managed
    ]


def tracked_models() -> list[type[Model]]:
    """Every business table: all of ours but the histories."""
    return [m for m in our_models() if m not in UNTRACKED]


def scoped_models() -> list[type[Scoped]]:
    return [m for m in our_models() if issubclass(m, Scoped)]


def append_only(table: str) -> Iterator[str]:
    yield f"DROP TRIGGER IF EXISTS append_only ON {table}"
    yield (
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION sanqiao_append_only()"
    )


def linked(table: str) -> Iterator[str]:
    yield f"DROP TRIGGER IF EXISTS link ON {table}"
    yield (
        f"CREATE TRIGGER link BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION sanqiao_link()"
    )


def separated(table: str) -> Iterator[str]:
    """Three administrators are three people, each without business rights (等保)."""
    yield f"DROP TRIGGER IF EXISTS separation ON {table}"
    yield (
        f"CREATE TRIGGER separation AFTER INSERT OR UPDATE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION sanqiao_separation()"
    )


def history(model: type[Model]) -> Iterator[str]:
    """Statement-level triggers: one INSERT … SELECT for any number of rows changed."""
    table, name = model._meta.db_table, f"sanqiao_history_{model._meta.db_table}"
    yield history_function(model, name)
    for op, tables in (
        ("INSERT", "NEW TABLE AS changed"),
        ("UPDATE", "OLD TABLE AS changed NEW TABLE AS now_row"),
        ("DELETE", "OLD TABLE AS changed"),
    ):
        trigger = f"history_{op.lower()}"
        yield f"DROP TRIGGER IF EXISTS {trigger} ON {table}"
        yield (
            f"CREATE TRIGGER {trigger} AFTER {op} ON {table} REFERENCING {tables}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )


def history_function(model: type[Model], name: str) -> str:
    """Keeps the image before a change. An insert has none; the row or a later image shows it."""
    pk = str(model._meta.pk.column)
    key = (
        f"to_char(c.{pk}, 'YYYYMMDD')::bigint"
        if isinstance(model._meta.pk, DateField)
        else f"c.{pk}"
    )
    area, organisation = (path_column(model, f"{tree}_path") for tree in ("area", "organisation"))
    omitted = ",".join(getattr(model, "history_omits", ()))
    image = f"to_jsonb(c) - '{{{omitted}}}'::text[]" if omitted else "to_jsonb(c)"
    # plpgsql keeps the plan of the first UPDATE: a nested loop over one row must not serve 7,000.
    return f"""
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public SET enable_nestloop = off AS $$
BEGIN
  IF TG_OP = 'INSERT' AND (SELECT count(*) FROM changed) > {RUN} THEN
    {kept("first", "'I'", "NULL", last="last")} FROM ({runs(key, area, organisation)}) c;
  ELSIF TG_OP = 'INSERT' THEN
    {kept(key, "'I'", "NULL", area, organisation)} FROM changed c;
  ELSIF TG_OP = 'UPDATE' THEN
    {kept(key, "'U'", image, area, organisation)}
    FROM changed c JOIN now_row n ON n.{pk} = c.{pk} WHERE c IS DISTINCT FROM n;
  ELSE
    {kept(key, "'D'", image, area, organisation)} FROM changed c;
  END IF;
  RETURN NULL;
END $$
"""  # noqa: S608


def kept(
    key: str, op: str, image: str, area: str = "area", organisation: str = "organisation",
    *, last: str = "NULL",
) -> str:  # fmt: skip
    """The beginning of a statement that adds to the history."""
    return f"""INSERT INTO kernel_change
      ("table", row_id, last_id, op, at, actor_id, request, area_path, organisation_path, before)
    SELECT TG_TABLE_NAME, {key}, {last}, {op}, now(),
      NULLIF(current_setting('sanqiao.actor', true), '')::bigint,
      coalesce(current_setting('sanqiao.request', true), ''), {area}, {organisation}, {image}"""


def runs(key: str, area: str, organisation: str) -> str:
    """Rows with consecutive keys in one place, as first and last: one line of history for each. A
    run ends at a multiple of RUN, so that a reader knows where the run of a row may begin."""
    return f"""
      SELECT min(key) AS first, max(key) AS last, area, organisation FROM (
        SELECT key, area, organisation,
          key - row_number() OVER (PARTITION BY area, organisation ORDER BY key) AS run
        FROM (
          SELECT {key} AS key, {area} AS area, {organisation} AS organisation FROM changed c
        ) k
      ) r GROUP BY area, organisation, run, key / {RUN} ORDER BY first"""  # noqa: S608


def path_column(model: type[Model], name: str) -> str:
    """Where a row of `model` has its path; a node of the tree itself says so by a property."""
    if name in {field.column for field in model._meta.concrete_fields}:
        return f"c.{name}"
    return "c.path" if isinstance(vars(model).get(name), property) else "NULL::text"


def policy(model: type[Scoped]) -> Iterator[str]:
    """Reading and writing need the row in scope; history and events may always be appended."""
    table = model._meta.db_table
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"DROP POLICY IF EXISTS scope ON {table}"
    if model in APPENDED_BY_ALL:
        yield f"DROP POLICY IF EXISTS append ON {table}"
        yield f"CREATE POLICY append ON {table} FOR INSERT TO {WEB_ROLE} WITH CHECK (true)"
        reads = "FOR SELECT "
    else:
        reads = ""
    yield f"CREATE POLICY scope ON {table} {reads}TO {WEB_ROLE} USING ({model.policy_sql()})"
    yield f"DROP POLICY IF EXISTS reading ON {table}"
    if reading := model.reading_sql():
        yield f"CREATE POLICY reading ON {table} FOR SELECT TO {WEB_ROLE} USING ({reading})"


def rights() -> Iterator[str]:
    """The web role reads and writes rows; it owns nothing and appends to histories only."""
    yield f"GRANT USAGE ON SCHEMA public TO {WEB_ROLE}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {WEB_ROLE}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {WEB_ROLE}"
    yield f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {WEB_ROLE}"
    for model in APPEND_ONLY:
        yield f"REVOKE UPDATE, DELETE, TRUNCATE ON {model._meta.db_table} FROM {WEB_ROLE}"
    yield f"REVOKE INSERT ON {Change._meta.db_table} FROM {WEB_ROLE}"
    yield f"REVOKE UPDATE, DELETE, TRUNCATE ON {Chain._meta.db_table} FROM {WEB_ROLE}"
