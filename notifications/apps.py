from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from notifications import digest, reporting  # noqa: PLC0415 - handlers are known once models are loaded

        digest.open_to_work()
        reporting.listen()
