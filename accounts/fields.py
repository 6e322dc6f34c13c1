"""Fields that forms of every room ask with: an amount of money, and a moment of the United Kingdom's clocks."""

import re
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils import timezone

SIGNS = re.compile(r"[£\s]")
THOUSANDS = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")


class MoneyField(forms.DecimalField):
    """An amount in pounds as people write it: `30000`, `30,000` or `£30,000.00`; in whole pence unless told otherwise.

    Another currency's sign is no number: nobody means pounds by it.
    """

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "govuk-input--width-10"})
    default_error_messages = {
        "invalid": "Write the amount as a number, such as 30000 or 30,000.50.",
        "max_decimal_places": "Write at most %(max)s digits after the point.",
        "max_whole_digits": "This amount is too large.",
        "max_digits": "This amount is too large.",
    }

    def __init__(self, *, decimal_places: int = 2, **kwargs: Any) -> None:
        super().__init__(decimal_places=decimal_places, **kwargs)

    def to_python(self, value: Any) -> Any:
        plain = SIGNS.sub("", "" if value is None else str(value))
        # A comma parts thousands and nothing else: 30,50 is not 3,050.
        if "," in plain and not THOUSANDS.fullmatch(plain):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(plain.replace(",", ""))


class InstantField(forms.DateTimeField):
    """A day and a time by the clocks on the wall; the hour that they leave out, or that comes twice, is told."""

    def to_python(self, value: Any) -> datetime | None:
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            if error.code != "ambiguous_timezone" or not error.params:
                raise
            raise forms.ValidationError(_of_that_night(error.params["datetime"]), code=error.code) from None


def _of_that_night(wall: datetime) -> str:
    here = timezone.get_current_timezone()
    is_left_out = wall.replace(tzinfo=here).astimezone(UTC).astimezone(here).replace(tzinfo=None) != wall
    what = "forward and leave it out" if is_left_out else "back and it comes twice"
    return f"Choose another time than {wall:%H:%M}: on {wall.day} {wall:%B %Y} the clocks go {what}."
