"""`manage.py council_role SLUG E-MAIL ROLE`: give a role where a council has nobody left to do it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions import give_role
from accounts.models import Council, CouncilRole, User
from audit import clock
from audit.actors import SYSTEM


class Command(BaseCommand):
    help = "Give a person a role in a council; the record says that the marketplace did it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("council", help="the council's slug")
        parser.add_argument("email", help="the person's address; they have an account already")
        parser.add_argument("role", choices=CouncilRole.values)

    def handle(self, *args: Any, council: str, email: str, role: str, **options: Any) -> None:
        found = Council.objects.filter(slug=council).first()
        user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
        if found is None or user is None:
            raise CommandError(f"There is no {'council' if found is None else 'account'} of that name.")
        give_role(council=found, user=user, role=CouncilRole(role), actor=SYSTEM, at=clock.now())
        self.stdout.write(f"{user} is {CouncilRole(role).label.partition(':')[0].lower()} of {found}.")
