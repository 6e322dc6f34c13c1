from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "assessment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.duties import Duties, add_duties  # noqa: PLC0415 - tables and guards need the models loaded
        from assessment import actions, rules, states, telling  # noqa: PLC0415
        from assessment.actions import officers, reminding, seats  # noqa: PLC0415
        from assessment.queries.seats import kept_about  # noqa: PLC0415
        from suppliers import joining, told  # noqa: PLC0415
        from work.actions import handles  # noqa: PLC0415

        add_duties("assessment", Duties(in_account=rules.why_not_to_close_an_account, kept=kept_about))
        states.add_guards_below()
        seats.invite_to_panels()
        officers.invite_advisers()
        reminding.open_to_work()
        joining.add_objection(room="assessment", objection=rules.why_not_to_join_a_supplier)
        told.add_teller(room="assessment", teller=telling.words_for)
        handles(actions.REASONS_DUE, actions.remind_of_reasons)
