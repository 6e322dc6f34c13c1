"""Addresses of challenge pages, and of asking for and giving approval."""

from django.urls import path

from cms import amending, views

urlpatterns = [
    path("challenges/<slug:slug>/", views.challenge_page, name="challenge"),
    path("challenges/<slug:slug>/amendments/", amending.amendments, name="challenge_amendments"),
    path("workspace/challenges/<slug:slug>/amend/", amending.amend, name="challenge_amend"),
    path("workspace/challenges/<slug:slug>/approval/", views.approval, name="challenge_approval"),
    path("workspace/challenges/<slug:slug>/approval/ask/", views.ask, name="challenge_ask"),
    path("workspace/challenges/<slug:slug>/approval/approve/", views.approve, name="challenge_approve"),
    path("workspace/challenges/<slug:slug>/approval/hand-back/", views.hand_back, name="challenge_hand_back"),
    path("workspace/challenges/<slug:slug>/relaunch/", views.relaunch, name="challenge_relaunch"),
]
