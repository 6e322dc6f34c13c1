"""Addresses of the open data room."""

from django.urls import path

from opendata import api, views

urlpatterns = [
    path("opendata/", views.index, name="opendata"),
    path("opendata/ocds/", api.release_list, name="ocds"),
    path("opendata/ocds/releases/", api.release_list, name="ocds_releases"),
    path("opendata/ocds/releases/<str:release_id>/", api.release, name="ocds_release"),
    path("opendata/ocds/records/<str:ocid>/", api.record, name="ocds_record"),
    path("opendata/ocds/packages/<str:ocid>.json", api.package, name="ocds_package"),
    path("suppliers/<uuid:public_id>/", views.supplier_page, name="supplier_page"),
    path("record/", views.record, name="record"),
    path("record.jsonl", api.public_record, name="record_file"),
]
