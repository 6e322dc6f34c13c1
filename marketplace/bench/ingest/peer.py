"""What stands beside ours: a usual API on DRF, served by the same web server, through the same door, with the token."""

from typing import Any
from uuid import UUID

import django

django.setup()

from django.db import transaction  # noqa: E402 - Django has to be set up first
from django.urls import path  # noqa: E402
from rest_framework import serializers  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from audit import clock  # noqa: E402
from marketplace import urls  # noqa: E402
from marketplace.middleware import FOR_MACHINES  # noqa: E402
from marketplace.wsgi import application  # noqa: E402
from pilots import actions, rosters  # noqa: E402
from pilots.models import Reading, ReadingToken  # noqa: E402

__all__ = ["application"]
PATH = "bench/peer/"


class PeerSerializer(serializers.Serializer[dict[str, Any]]):
    """The same five columns as ours, each checked by its field."""

    device = serializers.CharField()
    metric = serializers.CharField()
    taken_at = serializers.DateTimeField()
    value = serializers.FloatField()
    unit = serializers.CharField()


class PeerView(APIView):
    """Takes a list of readings with `bulk_create`; what is there already is passed over."""

    def post(self, request: Request, public_id: UUID) -> Response:
        """Check the token, each row by its fields, and write them."""
        secret = request.headers["Authorization"].removeprefix("Bearer ")
        token = ReadingToken.objects.select_related("pilot").get(token_sha256=actions.token_hash(secret))
        roster, at = rosters.roster_of(token.pilot), clock.now()
        sent = PeerSerializer(data=request.data, many=True)
        sent.is_valid(raise_exception=True)
        with transaction.atomic():
            made = Reading.objects.bulk_create(
                [
                    Reading(
                        device_id=roster.devices[row["device"]], metric_id=roster.metrics[row["metric"]].pk,
                        taken_at=row["taken_at"], value=row["value"], source="api", received_at=at,
                    )
                    for row in sent.validated_data
                ],
                ignore_conflicts=True,
            )  # fmt: skip
        return Response({"added": len(made)})


peer = path(f"{PATH}<uuid:public_id>/", PeerView.as_view())
urls.urlpatterns.insert(0, peer)
FOR_MACHINES.append(peer)
