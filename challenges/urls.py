"""Addresses of the challenges room."""

from django.urls import path

from challenges import api
from challenges.views import calls, criteria, outages

urlpatterns = [
    path("challenges/", calls.challenge_list, name="challenges"),
    path("api/challenges/", api.ChallengeListApi.as_view(), name="api_challenges"),
    path("api/challenges/<slug:slug>/", api.ChallengeApi.as_view(), name="api_challenge"),
    path("workspace/challenges/<slug:slug>/procedure/", calls.procedure, name="challenge_procedure"),
    path("workspace/challenges/<slug:slug>/timetable/", calls.timetable, name="challenge_timetable"),
    path("workspace/challenges/<slug:slug>/criteria/", criteria.criteria, name="challenge_criteria"),
    path("workspace/challenges/<slug:slug>/criteria/pilots/", criteria.pilot_criteria, name="challenge_pilot_criteria"),
    path("workspace/challenges/<slug:slug>/clauses/", calls.clauses, name="challenge_clauses"),
    path("workspace/challenges/<slug:slug>/measures/", calls.measures, name="challenge_measures"),
    path("workspace/challenges/<slug:slug>/extend/", calls.extend, name="challenge_extend"),
    path("workspace/challenges/<slug:slug>/conclude/", calls.conclude, name="challenge_conclude"),
    path("workspace/challenges/<slug:slug>/cancel/", calls.cancel, name="challenge_cancel"),
    path("workspace/outages/", outages.index, name="outages"),
    path("workspace/outages/<int:pk>/", outages.outage, name="outage"),
    path("workspace/outages/<int:pk>/withdraw/", outages.withdraw, name="outage_withdraw"),
]
