"""What the Wagtail admin may not do with pages that stand for a procurement."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from audit.transitions import Refused
from cms.models import ChallengePage, CouncilPage

KEPT = (ChallengePage, CouncilPage)


@hooks.register("before_delete_page")
def keep_page(request: HttpRequest, page: Any) -> HttpResponse | None:
    """A challenge's page stays, also when the challenge is cancelled (C5)."""
    if isinstance(page.specific, KEPT):
        raise Refused("This page stays: cancel the challenge instead, with a public reason.")
    return None


@hooks.register("before_unpublish_page")
def keep_live(request: HttpRequest, page: Any) -> HttpResponse | None:
    return keep_page(request, page)


@hooks.register("before_copy_page")
def do_not_copy(request: HttpRequest, page: Any) -> HttpResponse | None:
    if isinstance(page.specific, KEPT):
        raise Refused("A challenge is started from the council's workspace, not by copying a page.")
    return None


@hooks.register("before_move_page")
def do_not_move(request: HttpRequest, page: Any, destination: Any) -> HttpResponse | None:
    if isinstance(page.specific, KEPT):
        raise Refused("This page stands below its council and stays there.")
    return None


@hooks.register("insert_global_admin_css")
def brand() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("admin-brand.css"))


@hooks.register("register_admin_menu_item")
def workspace_item() -> MenuItem:
    return MenuItem("Your work", reverse("workspace"), icon_name="arrow-left", order=1)


@hooks.register("construct_main_menu")
def only_what_officers_use(request: HttpRequest, items: list[MenuItem]) -> None:
    if not request.user.is_superuser:
        items[:] = [item for item in items if item.name in ("your-work", "explorer", "images")]
