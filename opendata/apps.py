from django.apps import AppConfig


class OpendataConfig(AppConfig):
    name = "opendata"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from opendata.actions import LATE, publish_late  # noqa: PLC0415 - needs the models
        from work.actions import handles  # noqa: PLC0415

        handles(LATE, publish_late)
