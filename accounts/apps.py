from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in  # noqa: PLC0415 - rooms speak once models are loaded

        from accounts.actions.councils import invite_to_councils  # noqa: PLC0415
        from accounts.actions.invitations import deliver_invitations  # noqa: PLC0415
        from accounts.middleware import begin_to_follow  # noqa: PLC0415

        user_logged_in.connect(begin_to_follow)
        invite_to_councils()
        deliver_invitations()
