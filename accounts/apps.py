from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.actions.councils import invite_to_councils  # noqa: PLC0415 - rooms speak once models are loaded
        from accounts.actions.invitations import deliver_invitations  # noqa: PLC0415

        invite_to_councils()
        deliver_invitations()
