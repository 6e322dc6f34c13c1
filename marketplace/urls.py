"""Every address of the marketplace."""

from django.urls import include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from marketplace.demonstration.live_service import demonstration_service
from marketplace.views import accessibility, bare, components, health, how_it_works, picture, retention

# Wagtail brings two sign-in forms of its own, which know no second factor: both lead to the one door instead.
to_sign_in = RedirectView.as_view(pattern_name="account_login", query_string=True)

urlpatterns = [
    # First: of all requests these are the most, and each would be compared with every other address before.
    path("", include("pilots.api_urls")),
    path("accounts/sessions/", RedirectView.as_view(pattern_name="sessions")),
    path("accounts/", include("allauth.urls")),
    path("cms/login/", to_sign_in, name="cms_login"),
    path("_util/login/", to_sign_in, name="page_login"),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("components/", components, name="components"),
    path("health/", health, name="health"),
    path("health/bare/", bare, name="bare"),
    path("media/images/<path:name>", picture, name="picture"),
    path("how-it-works/", how_it_works, name="how_it_works"),
    path("retention/", retention, name="retention"),
    path("accessibility/", accessibility, name="accessibility"),
    path("demonstration/pilots/<slug:slug>/<str:name>", demonstration_service, name="demonstration_service"),
    path("", include("accounts.urls")),
    path("", include("challenges.urls")),
    path("", include("files.urls")),
    path("", include("suppliers.urls")),
    path("", include("assessment.urls")),
    path("", include("pilots.urls")),
    path("", include("awards.urls")),
    path("", include("opendata.urls")),
    path("", include("notifications.urls")),
    path("", include("cms.urls")),
    path("", include("marketplace.dashboards.urls")),
    path("", include(wagtail_urls)),
]
