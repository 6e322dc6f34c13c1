"""Passkeys in the house's words; a file of its own, because allauth loads it while its addresses are made."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm

NAME = "What do you call it?"
NAME_HELP = "So that you know it again, such as the device it is on."


class AddPasskeyForm(AddWebAuthnForm):
    """A name, and whether the passkey stands alone or beside the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label, self.fields["name"].help_text = NAME, NAME_HELP
        alone = self.fields["passwordless"]
        alone.label, alone.initial = "Sign in with it alone", True
        alone.help_text = "Without a password or code. Leave it out for a key that has no PIN or fingerprint."


class RenamePasskeyForm(EditWebAuthnForm):
    """Another name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label, self.fields["name"].help_text = NAME, NAME_HELP
