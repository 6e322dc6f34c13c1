"""Readings get a key of their own and, on PostgreSQL, a partition a month; hours and days are summed beside them."""

from datetime import datetime, timezone

import django.db.models.deletion
from django.db import migrations, models

_SQLITE = [
    "ALTER TABLE pilots_reading RENAME TO pilots_reading_before",
    (
        "CREATE TABLE pilots_reading (device_id bigint NOT NULL, metric_id bigint NOT NULL, taken_at datetime NOT NULL, "
        "value real NOT NULL, source varchar(10) NOT NULL, received_at datetime NOT NULL, "
        "version smallint unsigned NOT NULL CHECK (version >= 0), "
        "PRIMARY KEY (device_id, metric_id, taken_at)) WITHOUT ROWID"
    ),
]
_POSTGRESQL = [
    "ALTER TABLE pilots_reading RENAME TO pilots_reading_before",
    (
        "CREATE TABLE pilots_reading (device_id bigint NOT NULL, metric_id bigint NOT NULL, "
        "taken_at timestamptz NOT NULL, value double precision NOT NULL, source varchar(10) NOT NULL, "
        "received_at timestamptz NOT NULL, version smallint NOT NULL CHECK (version >= 0), "
        "CONSTRAINT reading_key PRIMARY KEY (device_id, metric_id, taken_at)) PARTITION BY RANGE (taken_at)"
    ),
    "CREATE INDEX reading_taken_at ON pilots_reading USING brin (taken_at)",
    "CREATE TABLE pilots_reading_default PARTITION OF pilots_reading DEFAULT",
]
_MOVE = [
    (
        "INSERT INTO pilots_reading (device_id, metric_id, taken_at, value, source, received_at, version) "
        "SELECT device_id, metric_id, taken_at, value, source, received_at, 1 FROM pilots_reading_before"
    ),
    "DROP TABLE pilots_reading_before",
]


def months(first, last):
    """First instants (UTC) of the months from one instant to another."""
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield datetime(year, month, 1, tzinfo=timezone.utc)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def wanted_months(apps):
    """Months in which there are readings, or in which registered pilots will have some."""
    found = set()
    for first, last in apps.get_model("pilots", "Pilot").objects.exclude(state="planned").values_list(
        "baseline_starts_on", "ends_on"
    ):
        found |= set(months(first, last))
    return sorted(found)


def build(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in _SQLITE if is_sqlite else _POSTGRESQL:
        schema_editor.execute(statement, params=None)
    if not is_sqlite:
        for month in wanted_months(apps):
            following = datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=timezone.utc)
            schema_editor.execute(
                f"CREATE TABLE pilots_reading_{month:%Y_%m} PARTITION OF pilots_reading "
                f"FOR VALUES FROM ('{month.isoformat()}') TO ('{following.isoformat()}')",
                params=None,
            )
    for statement in _MOVE:
        schema_editor.execute(statement, params=None)


def _foreign(model, related_name, on_delete=django.db.models.deletion.CASCADE, **options):
    return models.ForeignKey(db_index=False, on_delete=on_delete, related_name=related_name, to=model, **options)


_PROTECT = django.db.models.deletion.PROTECT
_READING = migrations.CreateModel(
    name="Reading",
    fields=[
        ("pk", models.CompositePrimaryKey("device_id", "metric_id", "taken_at", blank=True, editable=False, primary_key=True, serialize=False)),
        ("device", _foreign("pilots.device", "readings", _PROTECT, db_constraint=False)),
        ("metric", _foreign("pilots.metric", "readings", _PROTECT, db_constraint=False)),
        ("taken_at", models.DateTimeField()),
        ("value", models.FloatField()),
        ("source", models.CharField(choices=[("file", "A file that a person uploaded"), ("api", "A feed with a token"), ("simulation", "The demonstration's simulated feed")], max_length=10)),
        ("received_at", models.DateTimeField()),
        ("version", models.PositiveSmallIntegerField(default=1)),
    ],
)


def _rollup(name, span, span_field, related_name):
    return migrations.CreateModel(
        name=name,
        fields=[
            ("pk", models.CompositePrimaryKey("metric_id", "device_id", span, blank=True, editable=False, primary_key=True, serialize=False)),
            ("total", models.FloatField()),
            ("number", models.PositiveIntegerField()),
            ("lowest", models.FloatField()),
            ("highest", models.FloatField()),
            ("metric", _foreign("pilots.metric", related_name)),
            ("device", _foreign("pilots.device", related_name)),
            (span, span_field),
        ],
        options={"abstract": False},
    )


class Migration(migrations.Migration):
    dependencies = [("pilots", "0004_clause_checks_are_append_only")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel("Reading"), _READING],
            database_operations=[migrations.RunPython(build, migrations.RunPython.noop)],
        ),
        migrations.AddField("pilot", "roster_version", models.PositiveIntegerField(default=1)),
        migrations.CreateModel(
            name="PendingRollup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("buckets", models.BinaryField()),
                ("metric", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="pilots.metric")),
            ],
        ),
        _rollup("HourlyRollup", "hour", models.DateTimeField(), "hours"),
        _rollup("DailyRollup", "day", models.DateField(), "days"),
    ]
