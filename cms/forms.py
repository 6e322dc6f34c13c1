"""The form for a picture of a problem statement: what cannot be drawn is refused in a sentence."""

from typing import Any

from django.core.exceptions import ValidationError
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from files.checks import can_be_drawn


class PictureField(WagtailImageField):
    """Wagtail's own field looks at a picture's first bytes only; a damaged one would break the page it stands on."""

    def check_image_pixel_size(self, f: Any) -> None:
        try:
            super().check_image_pixel_size(f)
        except (OSError, SyntaxError, ValueError) as error:
            raise self._unreadable() from error
        drawable = can_be_drawn(f.read())
        f.seek(0)
        if not drawable:
            raise self._unreadable()

    def _unreadable(self) -> ValidationError:
        return ValidationError(self.error_messages["invalid_image"], code="invalid_image")


class PictureForm(BaseImageForm):
    """The editor's form for pictures, with a field that looks at the whole file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (given := self.fields.get("file")) is not None:
            self.fields["file"] = PictureField(
                label=given.label, required=given.required, widget=given.widget, help_text=given.help_text
            )
