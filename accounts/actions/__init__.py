"""The only writers of people, councils, roles and invitations."""

from accounts.actions.closing import close_account
from accounts.actions.councils import found_council, give_role
from accounts.actions.invitations import accept_invitation, invite, send_invitation, withdraw_invitation
from accounts.actions.limits import set_delegated_limit
from accounts.actions.sessions import end_other_sessions, end_session
from accounts.actions.staff import hand_over, leave, set_roles

__all__ = [
    "accept_invitation",
    "close_account",
    "end_other_sessions",
    "end_session",
    "found_council",
    "give_role",
    "hand_over",
    "invite",
    "leave",
    "send_invitation",
    "set_delegated_limit",
    "set_roles",
    "withdraw_invitation",
]
