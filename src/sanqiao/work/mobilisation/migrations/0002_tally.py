from collections.abc import Iterator

from django.db import migrations

TABLE = """
CREATE TABLE mobilisation_tally (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  mobilisation_id bigint NOT NULL,
  area_id bigint NOT NULL,
  state text NOT NULL,
  number integer NOT NULL,
  CONSTRAINT tally_once UNIQUE (mobilisation_id, area_id, state)
) WITH (fillfactor = 50)
"""
COUNT = """
CREATE OR REPLACE FUNCTION mobilisation_count() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public AS $$
BEGIN
  {changed}
  RETURN NULL;
END $$
"""
ADD = """
  INSERT INTO mobilisation_tally AS t (mobilisation_id, area_id, state, number)
  SELECT mobilisation_id, area_id, state, sum(n) FROM ({rows}) x
  GROUP BY 1, 2, 3 HAVING sum(n) <> 0 ORDER BY 1, 2, 3
  ON CONFLICT (mobilisation_id, area_id, state) DO UPDATE SET number = t.number + excluded.number;
"""
COMING = "SELECT mobilisation_id, area_id, state, 1 AS n FROM coming"
GOING = "SELECT mobilisation_id, area_id, state, -1 AS n FROM going"
TRIGGERS = (
    ("insert", COMING, "NEW TABLE AS coming"),
    ("update", f"{COMING} UNION ALL {GOING}", "OLD TABLE AS going NEW TABLE AS coming"),
    ("delete", GOING, "OLD TABLE AS going"),
)


def operations() -> Iterator[migrations.RunSQL]:
    for act, rows, tables in TRIGGERS:
        function = COUNT.replace("mobilisation_count", f"mobilisation_count_{act}")
        yield migrations.RunSQL(
            function.format(changed=ADD.format(rows=rows)),
            f"DROP FUNCTION mobilisation_count_{act}()",
        )
        yield migrations.RunSQL(
            f"CREATE TRIGGER count_{act} AFTER {act.upper()} ON mobilisation_callout"
            f" REFERENCING {tables} FOR EACH STATEMENT"
            f" EXECUTE FUNCTION mobilisation_count_{act}()",
            f"DROP TRIGGER count_{act} ON mobilisation_callout",
        )


class Migration(migrations.Migration):
    """Call-outs are counted by area and state as they change, in an order that cannot deadlock.

    Pages of call-outs keep room, because every row is written again when sent and when answered.
    """

    dependencies = [("mobilisation", "0001_initial")]
    operations = [
        migrations.RunSQL(TABLE, "DROP TABLE mobilisation_tally"),
        *operations(),
        migrations.RunSQL(
            "ALTER TABLE mobilisation_callout SET (fillfactor = 70)",
            "ALTER TABLE mobilisation_callout RESET (fillfactor)",
        ),
    ]
