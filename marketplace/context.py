"""What every template may know."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, Any]:
    """The product's name and whether this is the demonstration."""
    return {
        "product_name": settings.WAGTAIL_SITE_NAME, "is_demonstration": settings.DEMONSTRATION,
        "letters_are_files": settings.DEMONSTRATION and settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"),
    }  # fmt: skip
