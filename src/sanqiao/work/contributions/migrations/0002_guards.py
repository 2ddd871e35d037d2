"""What the database itself refuses: a second version, a mixed or reopened batch, a false sum."""

from django.db import migrations

from sanqiao.kernel.constraints import REFUSE, stays

PLACE = ("organisation_path", "area_id", "area_path")
TABLES = {
    "batch": (*PLACE, "collect_path"),
    "contribution": (*PLACE, "collect_path", "reversed_on"),
    "remittance": PLACE,
    "verification": PLACE,
    "goods": PLACE,
    "delivery": PLACE,
    "spending": PLACE,
}
REVERSALS = {
    "contribution": "'amount', 'given_on', 'person_id', 'organisation_id', 'way'",
    "goods": "'quantity', 'received_on', 'price', 'organisation_id', 'name', 'measure'",
    "delivery": "'quantity', 'delivered_on', 'price', 'goods_id'",
    "spending": "'amount', 'spent_on', 'organisation_id', 'purpose'",
}

MARKED_BY_ITS_REVERSAL = f"""
CREATE FUNCTION contributions_marked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.reversed_on IS NOT NULL OR pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'only a reversal marks an entry' {REFUSE} 'contribution_marked';
  END IF;
  RETURN NEW;
END $$
"""
REVERSAL = f"""
CREATE FUNCTION contributions_reversal() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public AS $$
DECLARE o jsonb; n jsonb := to_jsonb(NEW);
BEGIN
  EXECUTE format('SELECT to_jsonb(t) FROM %I t WHERE id = $1 FOR UPDATE', TG_TABLE_NAME)
    INTO o USING NEW.reverses_id;
  IF o->>'reverses_id' IS NOT NULL
    OR (o->>TG_ARGV[0])::numeric <> -(n->>TG_ARGV[0])::numeric OR o->>TG_ARGV[1] > n->>TG_ARGV[1]
  THEN
    RAISE EXCEPTION 'a reversal takes back one whole entry' {REFUSE} 'contributions_reversal';
  END IF;
  FOR i IN 2 .. TG_NARGS - 1 LOOP
    IF o->TG_ARGV[i] IS DISTINCT FROM n->TG_ARGV[i] THEN
      RAISE EXCEPTION 'a reversal differs in %', TG_ARGV[i] {REFUSE} 'contributions_reversal';
    END IF;
  END LOOP;
  IF TG_TABLE_NAME = 'contributions_contribution' THEN
    UPDATE contributions_contribution SET reversed_on = NEW.given_on WHERE id = NEW.reverses_id;
  END IF;
  RETURN NULL;
END $$
"""
CONTENT = """
CREATE FUNCTION contributions_content(which bigint) RETURNS TABLE (entries bigint, total numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT own.n + coalesce(below.n, 0), coalesce(own.t, 0) + coalesce(below.t, 0)
  FROM (SELECT count(*) AS n, sum(amount) AS t
        FROM contributions_contribution WHERE batch_id = which) own,
       (SELECT sum(r.entries) AS n, sum(r.total) AS t FROM contributions_verification v
        JOIN contributions_remittance r ON r.id = v.remittance_id WHERE v.into_id = which) below
$$
"""
INTO_OPEN = f"""
CREATE FUNCTION contributions_into_open() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public AS $$
DECLARE wrong bigint;
BEGIN
  SELECT b.id INTO wrong FROM added a JOIN contributions_batch b ON b.id = a.batch_id
  WHERE b.tier <> 'branch'
  OR EXISTS (SELECT FROM contributions_remittance r WHERE r.batch_id = b.id) LIMIT 1;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'batch % takes no entries', wrong {REFUSE} 'batch_open';
  END IF;
  RETURN NULL;
END $$
"""
RECEIVED = f"""
CREATE FUNCTION contributions_received() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public AS $$
DECLARE wrong bigint;
BEGIN
  SELECT b.id INTO wrong FROM added a JOIN contributions_batch b ON b.id = a.into_id
  WHERE b.tier = 'branch'
  OR EXISTS (SELECT FROM contributions_remittance r WHERE r.batch_id = b.id) LIMIT 1;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'batch % takes nothing more', wrong {REFUSE} 'batch_open';
  END IF;
  SELECT a.id INTO wrong FROM added a JOIN contributions_remittance r ON r.id = a.remittance_id
  WHERE a.by_id = r.by_id LIMIT 1;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'nobody counts what they handed up' {REFUSE} 'verification_second_pair_of_eyes';
  END IF;
  RETURN NULL;
END $$
"""
COLLECT_PATH = """
CREATE FUNCTION contributions_collect_path(which bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  WITH RECURSIVE up AS (
    SELECT id, parent_id, setting, area_path, 0 AS step
    FROM organisations_organisation WHERE id = which
    UNION ALL
    SELECT o.id, o.parent_id, o.setting, o.area_path, up.step + 1 FROM up
    JOIN organisations_organisation o ON o.id = up.parent_id WHERE up.setting = 'unit')
  SELECT area_path FROM up ORDER BY step DESC LIMIT 1
$$
"""
LOCKED = """
CREATE FUNCTION contributions_locked() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public AS $$
BEGIN
  PERFORM 1 FROM contributions_batch WHERE id = NEW.batch_id FOR UPDATE;
  RETURN NEW;
END $$
"""
EQUAL = f"""
CREATE FUNCTION contributions_equal() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public AS $$
DECLARE wrong record;
BEGIN
  SELECT a.batch_id, a.total AS stated, c.total AS held INTO wrong
  FROM added a CROSS JOIN LATERAL contributions_content(a.batch_id) c
  WHERE (a.entries, a.total) IS DISTINCT FROM (c.entries, c.total) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'batch % holds %, not %', wrong.batch_id, wrong.held, wrong.stated
      {REFUSE} 'remittance_equals_content';
  END IF;
  RETURN NULL;
END $$
"""
IN_STOCK = f"""
CREATE FUNCTION contributions_in_stock() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public AS $$
DECLARE lot bigint; held numeric; gone numeric;
BEGIN
  lot := CASE TG_TABLE_NAME WHEN 'contributions_delivery' THEN (to_jsonb(NEW)->>'goods_id')::bigint
         ELSE (to_jsonb(NEW)->>'reverses_id')::bigint END;
  PERFORM 1 FROM contributions_goods WHERE id = lot FOR UPDATE;
  SELECT g.quantity + coalesce(r.quantity, 0) INTO held FROM contributions_goods g
    LEFT JOIN contributions_goods r ON r.reverses_id = g.id WHERE g.id = lot;
  SELECT coalesce(sum(quantity), 0) INTO gone FROM contributions_delivery WHERE goods_id = lot;
  IF gone > held THEN
    RAISE EXCEPTION 'lot % holds %, % went', lot, held, gone {REFUSE} 'delivery_in_stock';
  END IF;
  RETURN NULL;
END $$
"""
COVERED = f"""
CREATE FUNCTION contributions_covered() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('contributions.spending'));
  IF (SELECT coalesce(sum(amount), 0) FROM contributions_spending) > (
    SELECT coalesce(sum(v.counted), 0) FROM contributions_verification v
    JOIN contributions_batch b ON b.id = v.into_id WHERE b.tier = 'city') THEN
    RAISE EXCEPTION 'more is spent than has arrived' {REFUSE} 'spending_covered';
  END IF;
  RETURN NULL;
END $$
"""
FUNCTIONS = {
    "marked": MARKED_BY_ITS_REVERSAL,
    "reversal": REVERSAL,
    "content(bigint)": CONTENT,
    "collect_path(bigint)": COLLECT_PATH,
    "into_open": INTO_OPEN,
    "received": RECEIVED,
    "locked": LOCKED,
    "equal": EQUAL,
    "in_stock": IN_STOCK,
    "covered": COVERED,
}
ADDED = "REFERENCING NEW TABLE AS added FOR EACH STATEMENT"
IS_REVERSAL = "FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL)"


def trigger(name: str, when: str, table: str, how: str) -> migrations.RunSQL:
    table = f"contributions_{table}"
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} {when} ON {table} {how}", f"DROP TRIGGER {name} ON {table}"
    )


def calls(function: str, arguments: str = "") -> str:
    return f"EXECUTE FUNCTION contributions_{function}({arguments})"


class Migration(migrations.Migration):
    """Append-only but for the place; reversals mirror; sums are equal, or nothing goes up."""

    dependencies = [("contributions", "0001_initial")]
    operations = [
        *(
            migrations.RunSQL(sql, f"DROP FUNCTION contributions_{name}")
            for name, sql in FUNCTIONS.items()
        ),
        *(
            migrations.RunSQL(do, undo)
            for do, undo in stays("contributions", TABLES, says="is append-only")
        ),
        trigger(
            "marked", "BEFORE UPDATE OF reversed_on", "contribution",
            f"FOR EACH ROW {calls('marked')}",
        ),
        *(
            trigger("reversal", "AFTER INSERT", table, f"{IS_REVERSAL} {calls('reversal', columns)}")
            for table, columns in REVERSALS.items()
        ),
        trigger("into_open", "AFTER INSERT", "contribution", f"{ADDED} {calls('into_open')}"),
        trigger("received", "AFTER INSERT", "verification", f"{ADDED} {calls('received')}"),
        trigger("locked", "BEFORE INSERT", "remittance", f"FOR EACH ROW {calls('locked')}"),
        trigger("equal", "AFTER INSERT", "remittance", f"{ADDED} {calls('equal')}"),
        trigger("in_stock", "AFTER INSERT", "delivery", f"FOR EACH ROW {calls('in_stock')}"),
        trigger("left_in_stock", "AFTER INSERT", "goods", f"{IS_REVERSAL} {calls('in_stock')}"),
        trigger("covered", "AFTER INSERT", "spending", f"{ADDED} {calls('covered')}"),
    ]
