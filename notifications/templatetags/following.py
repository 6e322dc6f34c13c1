"""The button that follows a challenge."""

from typing import Any

from django import template
from django.urls import reverse

from challenges.models import Challenge
from notifications.models import Follow

register = template.Library()


@register.inclusion_tag("notifications/follow_button.html", takes_context=True)
def follow_button(context: template.Context, challenge: Challenge) -> dict[str, Any]:
    """Follow, or stop following; whoever has not signed in is led there first."""
    request = context["request"]
    is_in = request.user.is_authenticated
    follows = is_in and Follow.objects.filter(user=request.user, challenge=challenge).exists()
    return {
        "is_in": is_in, "follows": follows, "path": request.path,
        "url": reverse("unfollow" if follows else "follow", args=[challenge.slug]),
        "csrf_token": context.get("csrf_token"),
    }  # fmt: skip
