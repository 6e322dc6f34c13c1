"""Addresses of people's own pages, and of a council's people."""

from django.urls import path

from accounts.views import invitations

urlpatterns = [
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("invitations/<uuid:public_id>/withdraw/", invitations.withdraw, name="invitation_withdraw"),
]
