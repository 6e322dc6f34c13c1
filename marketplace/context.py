"""What every template may know."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from suppliers.views.typed import take


def house(request: HttpRequest) -> dict[str, Any]:
    """The product's name, whether this is the demonstration, and what was typed for this page while signed out."""

    def typed_before() -> list[tuple[str, str]]:
        if request.method != "GET" or not request.user.is_authenticated:
            return []
        return [(name, value) for name, values in (take(request) or {}).items() for value in values]

    return {
        "typed_before": typed_before,
        "product_name": settings.WAGTAIL_SITE_NAME, "is_demonstration": settings.DEMONSTRATION,
        "letters_are_files": settings.DEMONSTRATION and settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"),
    }  # fmt: skip
