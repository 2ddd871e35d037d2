from django.db import migrations

from sanqiao.kernel.constraints import REFUSE, stays

TABLES = {
    "returnversion": ("area_path", "is_current", "valid_to"),
    "returnentry": ("area_path",),
}
AS_FIRST_WRITTEN = (f" {REFUSE} ", f"\n    {REFUSE}")
"""What an installation already has, to the letter."""


class Migration(migrations.Migration):
    """What was filed is never changed or removed; only its place and its span follow."""

    dependencies = [("returns", "0001_initial")]
    operations = [
        migrations.RunSQL(do.replace(*AS_FIRST_WRITTEN), undo)
        for do, undo in stays("returns", TABLES, says="stays as filed", name="stays_as_filed")
    ]
