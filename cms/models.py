"""Wagtail page types: they show the domain and tell its story; they hold no rule."""

from django.db import models
from django.db.models import PROTECT
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from accounts.models import Council
from challenges.models import Challenge
from cms.blocks import StoryBlock


class HomePage(Page):
    """The front page."""

    introduction = RichTextField(blank=True, features=["bold", "link"])
    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["cms.CouncilPage"]
    max_count = 1


class CouncilPage(Page):
    """A council's own page; its challenges' pages stand below it."""

    council = models.OneToOneField(Council, on_delete=PROTECT, related_name="page")
    introduction = RichTextField(blank=True, features=["bold", "link"])
    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.ChallengePage"]


class ChallengePage(Page):
    """The problem statement: the story of a challenge, in the order in which Barcelona told its own."""

    challenge = models.OneToOneField(Challenge, on_delete=PROTECT, related_name="page")
    strapline = models.CharField(max_length=200, blank=True, help_text="One line: who gains?")
    why_it_matters = models.TextField(blank=True, help_text="Two or three sentences, in residents' terms.")
    response_now = models.TextField("what we do now", blank=True)
    falls_short = models.TextField("why it falls short", blank=True)
    aim = models.TextField(blank=True, help_text="One sentence: “The aim of this challenge is …”")
    if_it_works = models.TextField("what happens if the pilot works", blank=True)
    story = StreamField(StoryBlock(), blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("strapline"),
        FieldPanel("why_it_matters"),
        FieldPanel("response_now"),
        FieldPanel("falls_short"),
        FieldPanel("aim"),
        FieldPanel("if_it_works"),
        FieldPanel("story"),
    ]
    parent_page_types = ["cms.CouncilPage"]
    subpage_types: list[str] = []
