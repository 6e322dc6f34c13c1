"""What was packed as a whole month is one piece of all its days."""

from calendar import monthrange
from typing import Any

from django.db import migrations, models
from django.db.models import F


def name_the_days(apps: Any, schema_editor: Any) -> None:
    archives = apps.get_model("pilots", "ReadingArchive").objects
    for month in archives.order_by().values_list("month", flat=True).distinct():
        archives.filter(month=month).update(first_on=F("month"), days=monthrange(month.year, month.month)[1])


class Migration(migrations.Migration):
    dependencies = [("pilots", "0024_recalls_taken_back")]

    operations = [
        migrations.RemoveConstraint(model_name="readingarchive", name="month_archived_once"),
        migrations.AddField(model_name="readingarchive", name="first_on", field=models.DateField(null=True)),
        migrations.AddField(
            model_name="readingarchive", name="days", field=models.PositiveSmallIntegerField(null=True)
        ),
        migrations.RunPython(name_the_days, migrations.RunPython.noop),
        migrations.AlterField(model_name="readingarchive", name="first_on", field=models.DateField()),
        migrations.AlterField(model_name="readingarchive", name="days", field=models.PositiveSmallIntegerField()),
        migrations.AddConstraint(
            model_name="readingarchive",
            constraint=models.UniqueConstraint(fields=("pilot", "first_on"), name="days_archived_once"),
        ),
        migrations.AlterModelOptions(name="readingarchive", options={"ordering": ["first_on"]}),
    ]
