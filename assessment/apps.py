from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "assessment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from assessment import states  # noqa: PLC0415 - tables and guards need the models loaded

        states.add_guards_below()
