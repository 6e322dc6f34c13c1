from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate


class ClausesConfig(AppConfig):
    name = "clauses"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_load_library, sender=self)


def _load_library(**kwargs: Any) -> None:
    from audit import clock  # noqa: PLC0415 - models are loaded by now, not before
    from audit.models import ClockOffset, Event  # noqa: PLC0415
    from clauses.actions import load_library  # noqa: PLC0415
    from clauses.models import ClauseSet  # noqa: PLC0415

    # Migrating one other app of an empty database comes by here too, before there is anything to load into.
    needed = {model._meta.db_table for model in (ClauseSet, Event, ClockOffset)}
    if needed <= set(connection.introspection.table_names()):
        load_library(at=clock.now())
