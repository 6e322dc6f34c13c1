"""Addresses for machines."""

from django.urls import path
from django.views.decorators.common import no_append_slash
from drf_spectacular.views import SpectacularAPIView

from pilots import api

# Who leaves out the last slash is not led on: a redirect turns what was sent into an empty question.
_take = no_append_slash(api.ReadingsView.as_view())
readings = path("api/pilots/<uuid:public_id>/readings/", _take, name="pilot_readings_api")
# Where nobody but machines with a token sends anything: marketplace.middleware lets them in by a door of their own.
for_machines = [
    readings,
    path("api/pilots/<uuid:public_id>/readings", _take),
    path("api/pilots/<path:rest>", api.nowhere),
]
urlpatterns = [
    readings,
    path("api/schema/", SpectacularAPIView.as_view(), name="api_schema"),
]
