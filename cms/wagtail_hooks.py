"""What the Wagtail admin may not do with pages that stand for a procurement."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.query import PageQuerySet

from audit.transitions import Refused
from cms.models import ChallengePage, CouncilPage

KEPT = (ChallengePage, CouncilPage)
DRAFTED = (
    "Kept as a draft that nobody reads. It becomes public by a numbered amendment: a procurement lead who does not own "
    "the challenge publishes it from the council’s workspace, under “Amend the challenge”."
)


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


@hooks.register("before_publish_page")
def publish_both(request: HttpRequest, page: Any) -> HttpResponse | None:
    """The editor's publish button goes past the page's own `publish`; lead it there."""
    if not isinstance(page.specific, ChallengePage):
        return None
    page.specific.get_latest_revision().publish(user=request.user)
    messages.success(request, "Published: the page and its challenge, together.")
    return redirect("challenge_workspace", slug=page.specific.challenge.slug)


@hooks.register("construct_page_action_menu")
def only_drafts_of_what_is_published(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """A published text is drafted here and published by an amendment: no other button leads anywhere."""
    if _is_published(context.get("page")):
        items[:] = [item for item in items if item.name in ("action-save-draft", "action-page-locked")]


@hooks.register("after_edit_page")
def say_how_it_is_published(request: HttpRequest, page: Any) -> None:
    if _is_published(page):
        messages.info(request, DRAFTED)


def _is_published(page: Any) -> bool:
    return isinstance(page, ChallengePage) and page.challenge.published_at is not None


@hooks.register("construct_page_chooser_queryset")
def only_own_drafts(pages: PageQuerySet, request: HttpRequest) -> PageQuerySet:
    """A link may lead to what is public or to the council's own pages, never to another council's draft."""
    own = PagePermissionPolicy().explorable_instances(request.user)
    return pages.filter(Q(live=True) | Q(pk__in=own.values("pk")))


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
