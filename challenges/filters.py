"""One filter set for the public list and its API."""

from datetime import datetime
from typing import Any

import django_filters
from django.db.models import Q

from accounts.models import Council
from audit import clock
from challenges.models import Challenge, ChallengeQuerySet, Phase, Theme

READABLE = [choice for choice in Phase.choices if choice[0] != Phase.DRAFT]


class ChallengeFilter(django_filters.FilterSet):
    """Narrow the public challenges; every field may be empty."""

    text = django_filters.CharFilter(label="Words", method="by_text")
    phase = django_filters.ChoiceFilter(label="Phase", choices=READABLE, method="by_phase", empty_label="Any phase")
    theme = django_filters.ChoiceFilter(label="Theme", choices=Theme.choices, empty_label="Any theme")
    council = django_filters.ModelChoiceFilter(
        label="Council", queryset=Council.objects.order_by("name"), to_field_name="slug", empty_label="Any council"
    )
    budget = django_filters.NumberFilter(
        label="Contract worth at least (£)", field_name="contract_ceiling", lookup_expr="gte", min_value=0
    )
    closes_by = django_filters.DateFilter(label="Closes by", field_name="closes_at", lookup_expr="date__lte")

    class Meta:
        model = Challenge
        fields: list[str] = []

    def __init__(self, *args: Any, at: datetime | None = None, **kwargs: Any) -> None:
        self.at = at or clock.now()
        super().__init__(*args, **kwargs)

    def by_phase(self, challenges: ChallengeQuerySet, name: str, value: str) -> ChallengeQuerySet:
        return challenges.in_phase(value, self.at)

    def by_text(self, challenges: ChallengeQuerySet, name: str, value: str) -> ChallengeQuerySet:
        for word in value.split()[:6]:
            found = Q(title__icontains=word) | Q(strapline__icontains=word) | Q(council__name__icontains=word)
            challenges = challenges.filter(found)
        return challenges
