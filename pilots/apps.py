from django.apps import AppConfig


class PilotsConfig(AppConfig):
    name = "pilots"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.duties import Duties, add_duties  # noqa: PLC0415
        from audit.transitions import add_guards  # noqa: PLC0415 - tables and handlers are known once models are loaded
        from challenges.models import Challenge  # noqa: PLC0415
        from pilots import actions, queries, states, telling  # noqa: PLC0415
        from suppliers import told  # noqa: PLC0415
        from suppliers.models import Submission  # noqa: PLC0415
        from work.actions import handles  # noqa: PLC0415

        add_guards(Challenge, "start_piloting", room="pilots", guards=(states.a_pilot_runs,))
        add_guards(Submission, "leave_chosen", room="pilots", guards=(states.pilot_has_not_started,))
        told.add_teller(room="pilots", teller=telling.words_for)
        add_duties("pilots", Duties(in_council=queries.duties_in_council, hand_over=actions.hand_over_deciding))
        handles(actions.MONITORING, actions.evaluate_due)
        handles(actions.REGISTERED, actions.evaluate_due)
        handles(actions.ERASE, actions.erase_due)
        handles(actions.FORGET, actions.forget_due)
        handles(actions.CLAUSE_CHECK, actions.check_due, outside=True)
        handles(actions.PROBE, actions.probe_due, outside=True)
        handles(actions.PULL, actions.pull_due, outside=True)
