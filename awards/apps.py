from django.apps import AppConfig


class AwardsConfig(AppConfig):
    name = "awards"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from awards import states  # noqa: PLC0415 - a table is registered once its models are loaded

        states.guard_lower_rooms()
