"""Addresses of messages and of following."""

from django.urls import path

from notifications import reporting, views

urlpatterns = [
    path("mail/reports/", reporting.mail_reports, name="mail_reports"),
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/settings/", views.preferences, name="message_preferences"),
    path("challenges/<slug:slug>/follow/", views.follow, name="follow"),
    path("challenges/<slug:slug>/unfollow/", views.unfollow, name="unfollow"),
]
