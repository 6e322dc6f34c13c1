from django.apps import AppConfig


class AwardsConfig(AppConfig):
    name = "awards"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from awards import states, telling  # noqa: PLC0415 - a table is registered once its models are loaded
        from suppliers import told  # noqa: PLC0415

        states.guard_lower_rooms()
        told.add_teller(room="awards", teller=telling.words_for)
