"""Ending signed-in sessions: one's own, one or all others."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts.models import User
from audit.transitions import Refused, append_event


@transaction.atomic
def end_session(*, number: int, current_key: str, actor: User, at: datetime) -> None:
    """Sign one other device of one's own out; the one in hand is signed out by the button that says so."""
    session = UserSession.objects.filter(user=actor, pk=number).first()
    if session is None:
        return  # a repeated click, or it ended by itself
    if session.session_key == current_key:
        raise Refused("This is the device you are using. Sign out here instead.")
    _end([session], actor, at)


@transaction.atomic
def end_other_sessions(*, current_key: str, actor: User, at: datetime) -> int:
    """Sign every other device of one's own out; returns how many there were."""
    others = list(UserSession.objects.filter(user=actor).exclude(session_key=current_key))
    if others:
        _end(others, actor, at)
    return len(others)


def _end(sessions: list[UserSession], actor: User, at: datetime) -> None:
    for session in sessions:
        session.end()
    append_event(
        verb="account.sessions_ended", subject=actor, actor=actor, at=at, challenge_id=None,
        data={"number": len(sessions)},
    )  # fmt: skip
