"""What a report about an error says: where it happened, never what somebody wrote or what was just unsealed (S1).

Such reports are the pages of development, and mails where ADMINS are set. Values of variables, of forms and names of
files are what may be sealed, so none of them is shown, whatever its name.
"""

from collections.abc import ItemsView
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter


class SilentFilter(SafeExceptionReporterFilter):
    """Replaces every value that a form sent or a function held."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return {} if request is None else dict.fromkeys(request.POST, self.cleansed_substitute)

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> ItemsView[str, Any]:
        return dict.fromkeys(tb_frame.f_locals, self.cleansed_substitute).items()


class SilentReporter(ExceptionReporter):
    """Leaves out the names of the files that were sent."""

    def get_traceback_data(self) -> dict[str, Any]:
        data: dict[str, Any] = super().get_traceback_data()
        return data | {"request_FILES_items": [], "unicode_hint": ""}
