from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ClausesConfig(AppConfig):
    name = "clauses"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_load_library, sender=self)


def _load_library(**kwargs: Any) -> None:
    from audit import clock  # noqa: PLC0415 - models are loaded by now, not before
    from clauses.actions import load_library  # noqa: PLC0415

    load_library(at=clock.now())
