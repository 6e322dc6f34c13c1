"""`manage.py demonstration_logins`: how the demonstration's people sign in."""

from typing import Any

from django.core.management.base import BaseCommand

from marketplace.demonstration.making import known_logins

WIDTH = 58


class Command(BaseCommand):
    help = "Print the demonstration's logins of this data folder, with the secrets of second factors."

    def handle(self, *args: Any, **options: Any) -> None:
        logins = known_logins()
        if not logins:
            self.stdout.write("There are no demonstration logins in this data folder.")
            return
        self.stdout.write(f"Everybody's password: {logins[0]['password']}")
        for login in logins:
            secret = f"  second factor {login['totp_secret']}" if login["totp_secret"] else ""
            self.stdout.write(f"{login['who'][:WIDTH]:{WIDTH}}  {login['email']}{secret}")
