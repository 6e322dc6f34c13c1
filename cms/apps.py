from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_delete, post_migrate, post_save


class CmsConfig(AppConfig):
    name = "cms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.models import CouncilMembership  # noqa: PLC0415 - models are loaded by now, not before
        from cms.pictures import keep_pictures  # noqa: PLC0415

        post_migrate.connect(_lay_tree, sender=self)
        post_save.connect(_sync_editing, sender=CouncilMembership)
        post_delete.connect(_sync_editing, sender=CouncilMembership)
        keep_pictures()


def _lay_tree(**kwargs: Any) -> None:
    from cms.actions import lay_tree  # noqa: PLC0415
    from cms.models import ProcurementApproval  # noqa: PLC0415

    # Migrating one other app of an empty database comes by here too, before there is anything to stand on.
    if ProcurementApproval._meta.db_table in connection.introspection.table_names():
        lay_tree()


def _sync_editing(instance: Any, **kwargs: Any) -> None:
    from cms.actions import sync_editing  # noqa: PLC0415

    sync_editing(instance.user, instance.council)
