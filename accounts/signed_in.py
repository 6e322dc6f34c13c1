"""Who is asking, and whether it is really them."""

from collections.abc import Callable

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, HttpResponse

from accounts.models import User


def person(request: HttpRequest) -> User:
    """The signed-in person; for views behind `login_required`. Raises TypeError for anybody else."""
    if not isinstance(request.user, User):
        raise TypeError("this view asks for a login first")
    return request.user


def confirmed_again(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view's POST through only for somebody who has confirmed in the last minutes that it is them.

    Everybody else is asked first; the POST waits in their session and goes on by itself, with all that was typed. That
    session is stored as it is, so nothing that gets sealed may pass through here.
    """
    return reauthentication_required(allow_get=True)(view)
