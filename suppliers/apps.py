from django.apps import AppConfig


class SuppliersConfig(AppConfig):
    name = "suppliers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from suppliers import actions, attachments, states  # noqa: PLC0415 - tables are registered once models are loaded

        states.guard_unsealing()
        attachments.open_to_downloads()
        actions.invite_to_suppliers()
        actions.open_to_work()
