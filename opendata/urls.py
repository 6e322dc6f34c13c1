"""Addresses of the open data room."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from opendata import api, views


class IdentifierConverter(StringConverter):
    """Any text that a database can be asked for: PostgreSQL fails on a null character instead of finding nothing."""

    regex = "[^/\x00]+"


register_converter(IdentifierConverter, "identifier")

urlpatterns = [
    path("opendata/", views.index, name="opendata"),
    path("opendata/ocds/", api.release_list, name="ocds"),
    path("opendata/ocds/releases/", api.release_list, name="ocds_releases"),
    path("opendata/ocds/releases/<identifier:release_id>/", api.release, name="ocds_release"),
    path("opendata/ocds/records/<identifier:ocid>/", api.record, name="ocds_record"),
    path("opendata/ocds/packages/<identifier:ocid>.json", api.package, name="ocds_package"),
    path("suppliers/<uuid:public_id>/", views.supplier_page, name="supplier_page"),
    path("record/", views.record, name="record"),
    path("record.jsonl", api.public_record, name="record_file"),
]
