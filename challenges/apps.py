from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    name = "challenges"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.duties import Duties, add_duties  # noqa: PLC0415 - rooms speak once models are loaded
        from challenges import actions, queries, states  # noqa: F401, PLC0415 - states registers its table

        add_duties("challenges", Duties(in_council=queries.duties_in_council, hand_over=actions.hand_over_challenges))
