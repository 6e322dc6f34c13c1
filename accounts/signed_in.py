"""Who is asking."""

from django.http import HttpRequest

from accounts.models import User


def person(request: HttpRequest) -> User:
    """The signed-in person; for views behind `login_required`. Raises TypeError for anybody else."""
    if not isinstance(request.user, User):
        raise TypeError("this view asks for a login first")
    return request.user
