"""Packages: stored releases in the standard's wrapping. Nothing is changed on the way out."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from opendata.extensions import EXTENSIONS, LICENCE, VERSION
from opendata.models import Release
from opendata.releases.pieces import instant, url

Json = dict[str, Any]


def release_package(releases: Sequence[Release], *, path: str, at: datetime, links: Json | None = None) -> Json:
    """The releases as one package at this path; its date is that of the newest, or `at` where there is none."""
    published = max((release.date for release in releases), default=at)
    bodies = [release.body for release in releases]
    return _wrapping(path, published) | ({"links": links} if links else {}) | {"releases": bodies}


def record_package(ocid: str, releases: Sequence[Release], *, path: str, at: datetime) -> Json:
    """Everything published about one contracting process, oldest first, as a record of its own releases."""
    published = max((release.date for release in releases), default=at)
    record = {"ocid": ocid, "releases": [release.body for release in releases]}
    return _wrapping(path, published) | {"records": [record]}


def all_releases(releases: Iterable[Release], *, at: datetime) -> Json:
    """One package of every release given, for a file."""
    return release_package(list(releases), path="/opendata/ocds/releases/", at=at)


def _wrapping(path: str, published: datetime) -> Json:
    return {
        "uri": url(path),
        "publishedDate": instant(published),
        "publisher": {"name": settings.WAGTAIL_SITE_NAME, "uri": url("/")},
        "license": LICENCE,
        "publicationPolicy": url("/opendata/"),
        "version": VERSION,
        "extensions": EXTENSIONS,
    }
