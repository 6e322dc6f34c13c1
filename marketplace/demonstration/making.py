"""Make the demonstration's councils, people and second factors."""

import json
import secrets
from datetime import datetime
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.actions import found_council, give_role
from accounts.models import Council, CouncilRole, User
from audit.actors import SYSTEM
from marketplace.demonstration.shapes import CouncilText, Demonstration, PersonText

COUNCIL_ROLES = set(CouncilRole.values)


def logins_file() -> Path:
    """Where this data folder keeps the demonstration's logins; readable by its owner alone."""
    return Path(settings.DATA_DIR) / "demonstration-logins.json"


class People:
    """Makes people with a password drawn for this data folder, and remembers how they sign in."""

    def __init__(self) -> None:
        self.password = secrets.token_urlsafe(12)
        self.hashed = make_password(self.password)  # once: a good hash is slow, and all of them share the password
        self.logins: list[dict[str, str]] = []

    def make(self, *, name: str, email: str, what: str, needs_second_factor: bool) -> User:
        """A person with a verified address and, where the role needs it, a second factor."""
        user = User.objects.create_user(email, full_name=name, is_demonstration=True)
        user.password = self.hashed
        user.save(update_fields=["password"])
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        secret = ""
        if needs_second_factor:
            secret = generate_totp_secret()
            TOTP.activate(user, secret)
        self.logins.append({"who": what, "email": user.email, "password": self.password, "totp_secret": secret})
        return user

    def keep(self) -> None:
        """Write the logins beside the data, for `./run` to print."""
        path = logins_file()
        path.touch(mode=0o600)
        path.write_text(json.dumps(self.logins, indent=1))


def make_council(text: CouncilText, at: datetime) -> Council:
    """An invented council."""
    return found_council(
        name=text.name, slug=text.slug, nation=text.nation, identifier_scheme=text.identifier_scheme,
        identifier=text.identifier, contact_email=text.email, is_demonstration=True, actor=SYSTEM, at=at,
    )  # fmt: skip


def make_people_of(council: Council, demonstration: Demonstration, people: People, at: datetime) -> dict[str, User]:
    """The council's people by key: role holders with their roles, panel members without one yet."""
    made: dict[str, User] = {}
    for text in demonstration.people:
        if text.council == council.slug:
            made[text.key] = _make_person(council, text, people, at)
    return made


def _make_person(council: Council, text: PersonText, people: People, at: datetime) -> User:
    holds_role = text.role in COUNCIL_ROLES
    what = f"{council.name}, {text.role.replace('_', ' ')}"
    user = people.make(name=text.name, email=text.email, what=what, needs_second_factor=holds_role)
    if holds_role:
        give_role(council=council, user=user, role=CouncilRole(text.role), actor=SYSTEM, at=at)
    return user


def known_logins() -> list[dict[str, Any]]:
    """The logins kept for this data folder; empty before the demonstration is made."""
    path = logins_file()
    return json.loads(path.read_text()) if path.exists() else []
