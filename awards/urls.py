"""Addresses of the awards room."""

from django.urls import path, re_path

from awards import views

STEP = "workspace/awards/<uuid:public_id>/"

urlpatterns = [
    path("workspace/challenges/<slug:slug>/awards/", views.challenge_awards, name="challenge_awards"),
    re_path(
        r"^workspace/challenges/(?P<slug>[\w-]+)/awards/(?P<pilot_slug>[\w-]+)/(?P<kind>pilot|contract)/$",
        views.propose,
        name="award_propose",
    ),
    path(STEP, views.award_page, name="award"),
    path(f"{STEP}notify/", views.notify, name="award_notify"),
    path(f"{STEP}contract/", views.contract, name="award_contract"),
    path(f"{STEP}approve/", views.approve, name="award_approve"),
    path(f"{STEP}claim/", views.text_step, {"name": "claim"}, name="award_claim"),
    path(f"{STEP}lift/", views.text_step, {"name": "lift"}, name="award_lift"),
    path(f"{STEP}withdraw/", views.text_step, {"name": "withdraw"}, name="award_withdraw"),
]
