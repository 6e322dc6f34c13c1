"""How allauth talks to people here, and what the lock on repeated sign-ins counts by."""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """The house's e-mails and redirects."""


def address_of(request: HttpRequest | None, credentials: Mapping[str, Any] | None = None) -> str:
    """The address that somebody tries to sign in with, however it was passed on; django-axes counts by it."""
    given = credentials or (request.POST if request is not None else {})
    names = ("email", "login", "username")
    return next((str(given[name]).strip().lower() for name in names if given.get(name)), "")
