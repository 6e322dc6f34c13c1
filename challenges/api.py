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


class ChallengeListApi(ListAPIView):
    """Every public challenge, newest first."""

    queryset = Challenge.objects.public().select_related("council")
    serializer_class = ChallengeSerializer
    pagination_class = NewestFirst
    filterset_class = ChallengeFilter

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "at": clock.now()}


class ChallengeApi(RetrieveAPIView):
    """One public challenge."""

    queryset = ChallengeListApi.queryset
    serializer_class = ChallengeSerializer
    lookup_field = "slug"

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "at": clock.now()}
