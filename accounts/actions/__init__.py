"""The only writers of people, councils, roles and invitations."""

from accounts.actions.councils import found_council, give_role
from accounts.actions.invitations import accept_invitation, invite, send_invitation, withdraw_invitation

__all__ = [
    "accept_invitation",
    "found_council",
    "give_role",
    "invite",
    "send_invitation",
    "withdraw_invitation",
]
