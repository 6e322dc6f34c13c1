"""Every address of the marketplace."""

from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from marketplace.views import components, health

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("components/", components, name="components"),
    path("health/", health, name="health"),
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
