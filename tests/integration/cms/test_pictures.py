"""Pictures that cannot be read are refused in a sentence, and what was typed is kept."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form
from wagtail.models import Collection

from cms.models import ChallengePage
from tests.factories import pages
from tests.factories.suppliers import signed_in

pytestmark = pytest.mark.django_db
UNREADABLE = "The file you uploaded was either not an image or a corrupted image."


def drawn() -> bytes:
    made = io.BytesIO()
    Image.effect_noise((60, 60), 40).save(made, "PNG")
    return made.getvalue()


def folder_of(page: ChallengePage) -> Collection:
    return Collection.objects.get(name=f"Pictures of {page.challenge.council.name}")


def upload(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("street.png", data, content_type="image/png")


@pytest.mark.parametrize(
    "data",
    [b"this is no picture", b"\x89PNG\r\n\x1a\n" + bytes(99), drawn()[:-800]],
    ids=["no picture", "only the first bytes of one", "cut off"],
)
def test_an_unreadable_picture_is_refused_and_its_title_kept(data: bytes) -> None:
    page = pages.started_page()
    sent = {
        "image-chooser-upload-title": "The street at night",
        "image-chooser-upload-collection": folder_of(page).pk,
        "image-chooser-upload-file": upload(data),
    }

    answer = signed_in(page.challenge.owner).post(reverse("wagtailimages_chooser:create"), sent)

    said = answer.json()["htmlFragment"]
    assert (UNREADABLE in said, "The street at night" in said) == (True, True)
    assert get_image_model().objects.count() == 0


def test_a_readable_picture_passes_untouched() -> None:
    page, data = pages.started_page(), drawn()
    typed = {"title": "The street at night", "collection": folder_of(page).pk}

    form = get_image_form(get_image_model())(typed, {"file": upload(data)}, user=page.challenge.owner)

    assert (form.errors, form.cleaned_data["file"].read()) == ({}, data)
