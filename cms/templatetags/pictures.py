"""A picture of a problem statement by its number, as an amendment names it."""

from django import template
from django.utils.safestring import SafeString, mark_safe
from wagtail.images import get_image_model
from wagtail.images.shortcuts import get_rendition_or_not_found

register = template.Library()


@register.simple_tag
def shown_picture(number: int | None) -> SafeString:
    """The picture, small, beside words that describe it; nothing where there is none."""
    found = get_image_model().objects.filter(pk=number).first() if number else None
    if found is None:
        return SafeString()
    rendition = get_rendition_or_not_found(found, "width-400|format-webp")
    return mark_safe(rendition.img_tag({"alt": "", "loading": "lazy", "class": "pf-changed-picture"}))  # noqa: S308
