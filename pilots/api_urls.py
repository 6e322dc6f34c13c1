"""Addresses for machines."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from pilots import api

readings = path("api/pilots/<uuid:public_id>/readings/", api.ReadingsView.as_view(), name="pilot_readings_api")
# Where nobody but machines with a token sends anything: marketplace.middleware lets them in by a door of their own.
for_machines = [readings, path("api/pilots/<path:rest>", api.nowhere)]
urlpatterns = [
    readings,
    path("api/schema/", SpectacularAPIView.as_view(), name="api_schema"),
]
