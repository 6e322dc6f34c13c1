import numpy
from django.db import migrations


def sum_what_is_there(apps, schema_editor):
    """Every hour of the readings that were there before is marked; the worker sums them."""
    Reading, PendingRollup = apps.get_model("pilots", "Reading"), apps.get_model("pilots", "PendingRollup")
    for metric in apps.get_model("pilots", "Metric").objects.all():
        rows = Reading.objects.filter(metric=metric).values_list("device_id", "taken_at").iterator(chunk_size=2000)
        found = sorted({(device, int(at.timestamp()) // 3600) for device, at in rows})
        for start in range(0, len(found), 10_000):
            buckets = numpy.array(found[start : start + 10_000], dtype="<i8").tobytes()
            PendingRollup.objects.create(metric_id=metric.pk, buckets=buckets)


class Migration(migrations.Migration):
    dependencies = [("pilots", "0005_readings_by_month")]
    operations = [migrations.RunPython(sum_what_is_there, migrations.RunPython.noop)]
