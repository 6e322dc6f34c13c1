"""What stands on a poster: the whole address of a form for residents, and the code that leads there."""

from typing import Any

import qrcode
from django.conf import settings
from django.urls import reverse
from qrcode.image.svg import SvgPathImage

from pilots.models import Pilot, Survey

SVG = "image/svg+xml"


def survey_address(survey: Survey) -> str:
    """Where a survey is answered."""
    return f"{settings.PUBLIC_URL}{reverse('take_part', args=[survey.code])}"


def readings_address(pilot: Pilot) -> str:
    """Where residents send their readings."""
    return f"{settings.PUBLIC_URL}{reverse('your_reading', args=[pilot.slug])}"


def code_of(address: str) -> bytes:
    """An address as a code to scan: an SVG picture."""
    picture: Any = qrcode.make(address, image_factory=SvgPathImage, box_size=20)
    return bytes(picture.to_string())
