from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION mobilisation_analyse() RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public AS $$
BEGIN
  ANALYZE mobilisation_callout (mobilisation_id, area_path, organisation_path, batch_id, step,
    sent_at, reached_on, answered_on);
END $$
"""


class Migration(migrations.Migration):
    """The planner learns of a new order at once: until then it takes a hundred thousand people
    for one, and looks at each of them for each of them."""

    dependencies = [("mobilisation", "0003_call_outs_by_branch_and_person")]
    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION mobilisation_analyse()")]
