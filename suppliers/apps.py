from django.apps import AppConfig


class SuppliersConfig(AppConfig):
    name = "suppliers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.duties import Duties, add_duties  # noqa: PLC0415
        from suppliers import actions, attachments, rules, states  # noqa: PLC0415 - tables are registered once models are loaded

        add_duties("suppliers", Duties(in_account=rules.why_not_to_close_an_account))
        states.guard_unsealing()
        attachments.open_to_downloads()
        actions.invite_to_suppliers()
        actions.open_to_work()
