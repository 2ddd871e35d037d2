"""What the database itself refuses: a mended proof, a rewritten log, a rewritten rule."""

from django.db import migrations

PLACE = "'area_id', 'area_path', 'organisation_path'"
TABLES = {"logentry": PLACE, "captainrule": "'valid_to'"}
PROVEN = "'proof', 'proven_by_id', 'proof_words', 'proof_rank', 'breach_reason', 'valid_from', 'role'"
RAISE = "USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = "
STAYS = f"""
CREATE FUNCTION squads_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME {RAISE} TG_TABLE_NAME || '_stays';
END $$
"""
PROOF = f"""
CREATE FUNCTION squads_proof_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE o jsonb := to_jsonb(OLD); n jsonb := to_jsonb(NEW); f text;
BEGIN
  FOREACH f IN ARRAY TG_ARGV LOOP
    IF o->f IS DISTINCT FROM n->f THEN
      RAISE EXCEPTION 'what proved a captain stands as it was' {RAISE} 'squad_proof_stands';
    END IF;
  END LOOP;
  RETURN NEW;
END $$
"""


def statements() -> list[str]:
    made = [STAYS, PROOF]
    for table, free in TABLES.items():
        made.append(
            f"CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON squads_{table}"
            f" FOR EACH ROW EXECUTE FUNCTION squads_stays({free})"
        )
    made.append(
        "CREATE TRIGGER proof_stands BEFORE UPDATE ON squads_squadmember"
        f" FOR EACH ROW EXECUTE FUNCTION squads_proof_stands({PROVEN})"
    )
    return made


def undone() -> list[str]:
    dropped = [f"DROP TRIGGER stays ON squads_{table}" for table in TABLES]
    dropped.append("DROP TRIGGER proof_stands ON squads_squadmember")
    return [*dropped, "DROP FUNCTION squads_stays", "DROP FUNCTION squads_proof_stands"]


class Migration(migrations.Migration):
    """A promotion mends no breach; a log is put right by a later entry."""

    dependencies = [("squads", "0001_initial")]
    operations = [migrations.RunSQL("; ".join(statements()), "; ".join(undone()))]
