from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION returns_stays_as_filed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% stays as filed', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_stays';
END $$
"""
TABLES = {
    "returns_returnversion": "'area_path', 'is_current', 'valid_to'",
    "returns_returnentry": "'area_path'",
}


class Migration(migrations.Migration):
    """What was filed is never changed or removed; only its place and its span follow."""

    dependencies = [("returns", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION returns_stays_as_filed()"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER stays_as_filed BEFORE UPDATE OR DELETE ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION returns_stays_as_filed({columns})",
                f"DROP TRIGGER stays_as_filed ON {table}",
            )
            for table, columns in TABLES.items()
        ),
    ]
