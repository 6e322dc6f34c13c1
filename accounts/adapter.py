"""How allauth talks to people here."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """The house's e-mails and redirects."""
