"""What the front page lists."""

from datetime import datetime

from django import template

from audit import clock
from challenges import queries
from challenges.models import Challenge, Phase

register = template.Library()


@register.simple_tag
def home_cards() -> list[tuple[Challenge, Phase, datetime]]:
    """The open calls, those that close first in front; each with its phase and the instant of asking."""
    at = clock.now()
    found = queries.for_list(Challenge.objects.public().in_phase(Phase.OPEN, at)).order_by("closes_at")
    return [(challenge, challenge.phase(at), at) for challenge in found[:4]]
