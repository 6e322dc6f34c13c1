"""Addresses of the challenges room."""

from django.urls import path

from challenges import api, views

urlpatterns = [
    path("challenges/", views.challenge_list, name="challenges"),
    path("api/challenges/", api.ChallengeListApi.as_view(), name="api_challenges"),
    path("api/challenges/<slug:slug>/", api.ChallengeApi.as_view(), name="api_challenge"),
    path("workspace/challenges/<slug:slug>/procedure/", views.procedure, name="challenge_procedure"),
    path("workspace/challenges/<slug:slug>/timetable/", views.timetable, name="challenge_timetable"),
    path("workspace/challenges/<slug:slug>/criteria/", views.criteria, name="challenge_criteria"),
    path("workspace/challenges/<slug:slug>/clauses/", views.clauses, name="challenge_clauses"),
    path("workspace/challenges/<slug:slug>/measures/", views.measures, name="challenge_measures"),
    path("workspace/challenges/<slug:slug>/extend/", views.extend, name="challenge_extend"),
    path("workspace/challenges/<slug:slug>/conclude/", views.conclude, name="challenge_conclude"),
    path("workspace/challenges/<slug:slug>/cancel/", views.cancel, name="challenge_cancel"),
]
