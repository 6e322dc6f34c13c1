"""The blocks a problem statement is told with."""

from wagtail import blocks
from wagtail.images.blocks import ImageBlock


class NumberBlock(blocks.StructBlock):
    """A figure that shows the size of the problem: always with a unit and a date."""

    label = blocks.CharBlock(max_length=120, help_text="What is counted, such as “bicycles reported stolen”")
    value = blocks.CharBlock(max_length=20)
    unit = blocks.CharBlock(max_length=40)
    on = blocks.DateBlock(help_text="The date the figure is from")
    source = blocks.CharBlock(max_length=160, required=False)

    class Meta:
        icon = "order"


class GoodAnswerBlock(blocks.StructBlock):
    """What a good answer does: performance, never a product."""

    points = blocks.ListBlock(blocks.CharBlock(max_length=300))

    class Meta:
        icon = "tick"
        template = "blocks/good_answer.html"


class StoryBlock(blocks.StreamBlock):
    numbers = blocks.ListBlock(NumberBlock(), icon="order", template="blocks/numbers.html")
    good_answer = GoodAnswerBlock()
    text = blocks.RichTextBlock(features=["h3", "bold", "ul", "ol", "link"], template="blocks/text.html")
    picture = ImageBlock(template="blocks/picture.html")
