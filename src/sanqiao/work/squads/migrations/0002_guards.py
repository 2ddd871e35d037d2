"""What the database itself refuses: a mended proof, a rewritten log, a rewritten rule."""

from django.db import migrations

from sanqiao.kernel.constraints import REFUSE, stays

TABLES = {"logentry": ("area_id", "area_path", "organisation_path"), "captainrule": ("valid_to",)}
PROVEN = "'proof', 'proven_by_id', 'proof_words', 'proof_rank', 'breach_reason', 'valid_from', 'role'"
PROOF = f"""
CREATE FUNCTION squads_proof_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE o jsonb := to_jsonb(OLD); n jsonb := to_jsonb(NEW); f text;
BEGIN
  FOREACH f IN ARRAY TG_ARGV LOOP
    IF o->f IS DISTINCT FROM n->f THEN
      RAISE EXCEPTION 'what proved a captain stands as it was' {REFUSE} 'squad_proof_stands';
    END IF;
  END LOOP;
  RETURN NEW;
END $$
"""
PROOF_STANDS = (
    "CREATE TRIGGER proof_stands BEFORE UPDATE ON squads_squadmember"
    f" FOR EACH ROW EXECUTE FUNCTION squads_proof_stands({PROVEN})"
)


class Migration(migrations.Migration):
    """A promotion mends no breach; a log is put right by a later entry."""

    dependencies = [("squads", "0001_initial")]
    operations = [
        *(migrations.RunSQL(do, undo) for do, undo in stays("squads", TABLES, says="is append-only")),
        migrations.RunSQL(PROOF, "DROP FUNCTION squads_proof_stands"),
        migrations.RunSQL(PROOF_STANDS, "DROP TRIGGER proof_stands ON squads_squadmember"),
    ]
