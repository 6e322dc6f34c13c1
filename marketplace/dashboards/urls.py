"""Addresses of the desk."""

from django.urls import path

from marketplace.dashboards import views

urlpatterns = [
    path("workspace/", views.workspace, name="workspace"),
    path("workspace/challenges/new/", views.start, name="challenge_start"),
    path("workspace/challenges/<slug:slug>/", views.challenge, name="challenge_workspace"),
]
