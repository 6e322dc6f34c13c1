"""Addresses of the pilots room."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from pilots import api, views

_DESK = "workspace/pilots/<slug:slug>/"

urlpatterns = [
    path("pilots/", views.pilot_list, name="pilots"),
    path("pilots/overview/", views.pilot_overview, name="pilots_overview"),
    path("pilots/<slug:slug>/", views.pilot_page, name="pilot"),
    path("pilots/<slug:slug>/progress/", views.pilot_progress, name="pilot_progress"),
    path("pilots/<slug:slug>/clauses/", views.pilot_clauses_public, name="pilot_clauses_public"),
    path("pilots/<slug:slug>/readings.csv", views.readings_csv, name="pilot_readings_csv"),
    path("pilots/<slug:slug>/corrections.csv", views.corrections_csv, name="pilot_corrections_csv"),
    path("pilots/<slug:slug>/plan.json", views.plan_json, name="pilot_plan_json"),
    path("pilots/<slug:slug>/analysis.csv", views.analysis_csv, name="pilot_analysis_csv"),
    path("pilots/<slug:slug>/result.json", views.result_json, name="pilot_result_json"),
    path("pilots/<slug:slug>/datapackage.json", views.package_json, name="pilot_package_json"),
    path("workspace/challenges/<slug:slug>/pilots/", views.challenge_pilots, name="challenge_pilots"),
    path("supplier/submissions/<uuid:public_id>/leave/", views.submission_leave, name="submission_leave"),
    path("workspace/pilots/", views.pilots_of_mine, name="workspace_pilots"),
    path(_DESK, views.pilot_workspace, name="pilot_workspace"),
    path(f"{_DESK}dashboard/", views.pilot_dashboard, name="pilot_dashboard"),
    path(f"{_DESK}beside/", views.pilot_accompanying, name="pilot_accompanying"),
    path(f"{_DESK}beside/<int:pk>/remove/", views.pilot_accompanying_remove, name="pilot_accompanying_remove"),
    path(f"{_DESK}sites/", views.pilot_sites, name="pilot_sites"),
    path(f"{_DESK}register/", views.pilot_register, name="pilot_register"),
    path(f"{_DESK}tokens/", views.pilot_tokens, name="pilot_tokens"),
    path(f"{_DESK}tokens/<int:pk>/revoke/", views.pilot_token_revoke, name="pilot_token_revoke"),
    path(f"{_DESK}readings/", views.pilot_upload, name="pilot_upload"),
    path(f"{_DESK}readings/typed/", views.pilot_typed, name="pilot_typed"),
    path(f"{_DESK}feeds/", views.pilot_feeds, name="pilot_feeds"),
    path(f"{_DESK}feeds/<int:pk>/stop/", views.pilot_feed_stop, name="pilot_feed_stop"),
    path(f"{_DESK}clauses/", views.pilot_clauses, name="pilot_clauses"),
    path(f"{_DESK}clauses/<slug:code>/", views.pilot_clause, name="pilot_clause"),
    path(f"{_DESK}clauses/<slug:code>/waive/", views.pilot_clause_waive, name="pilot_clause_waive"),
    path(f"{_DESK}clauses/<slug:code>/look/", views.pilot_clause_look, name="pilot_clause_look"),
    path(f"{_DESK}service/", views.pilot_service, name="pilot_service"),
    path(f"{_DESK}consent/", views.pilot_consent, name="pilot_consent"),
    path(f"{_DESK}start/", views.pilot_start, name="pilot_start"),
    path(f"{_DESK}suspend/", views.pilot_suspend, name="pilot_suspend"),
    path(f"{_DESK}end/", views.pilot_end, name="pilot_end"),
    path(f"{_DESK}gate/", views.pilot_gate, name="pilot_gate"),
    path(f"{_DESK}close/", views.pilot_close, name="pilot_close"),
    path("api/pilots/<uuid:public_id>/readings/", api.ReadingsView.as_view(), name="pilot_readings_api"),
    path("api/schema/", SpectacularAPIView.as_view(), name="api_schema"),
]
