"""The public challenges as JSON, under the same filter as the page."""

from typing import Any

from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.pagination import CursorPagination

from audit import clock
from challenges.filters import ChallengeFilter
from challenges.models import Challenge
from challenges.serializers import ChallengeSerializer


class NewestFirst(CursorPagination):
    ordering = ("-published_at", "-id")
    page_size = 50


class _Public:
    queryset = Challenge.objects.public().select_related("council")
    serializer_class = ChallengeSerializer

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "at": clock.now()}  # type: ignore[misc]


class ChallengeListApi(_Public, ListAPIView):
    """Every public challenge, newest first."""

    pagination_class = NewestFirst
    filterset_class = ChallengeFilter


class ChallengeApi(_Public, RetrieveAPIView):
    """One public challenge."""

    lookup_field = "slug"
