"""Addresses of people's own pages, and of a council's people."""

from django.urls import path

from accounts.views import council, invitations, own

urlpatterns = [
    path("you/data/", own.data, name="own_data"),
    path("you/close/", own.close, name="account_close"),
    path("you/sessions/", own.sessions, name="sessions"),
    path("you/sessions/<int:number>/end/", own.end_session, name="session_end"),
    path("you/sessions/end-others/", own.end_other_sessions, name="sessions_end_others"),
    path("workspace/councils/<slug:slug>/people/", council.people, name="council_people"),
    path("workspace/councils/<slug:slug>/people/invite/", council.invite, name="council_invite"),
    path("workspace/councils/<slug:slug>/people/<int:number>/", council.roles, name="council_roles"),
    path("workspace/councils/<slug:slug>/people/<int:number>/hand-over/", council.hand_over, name="council_hand_over"),
    path("workspace/councils/<slug:slug>/delegated-limit/", council.delegated_limit, name="council_limit"),
    path("workspace/councils/<slug:slug>/leave/", council.leave, name="council_leave"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("invitations/<uuid:public_id>/withdraw/", invitations.withdraw, name="invitation_withdraw"),
]
