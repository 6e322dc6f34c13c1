from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "assessment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from assessment import rules, states  # noqa: PLC0415 - tables and guards need the models loaded
        from suppliers import joining  # noqa: PLC0415

        states.add_guards_below()
        joining.add_objection(room="assessment", objection=rules.why_not_to_join_a_supplier)
