"""How a page tells the problem, and how the editor's draft of it would. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from challenges import stories
from challenges.differences import Line, Names, lines


@dataclass(frozen=True)
class Telling:
    """The words that everybody reads and those of the editor's draft, by the names of `differences.LABELS`; and the
    parts of both stories, as `challenges.stories` has them."""

    live: Mapping[str, str]
    drafted: Mapping[str, str] = field(default_factory=dict)
    story: Sequence[stories.Part] = ()
    drafted_story: Sequence[stories.Part] = ()

    def lines(self) -> list[Line]:
        """What the draft changes in the parts of the story."""
        return lines(stories.changed(self.story, self.drafted_story), Names())

    def digest(self) -> str:
        """The draft's parts as a short hash: nobody publishes what they did not see."""
        return hashlib.sha256(json.dumps(self.drafted_story, sort_keys=True).encode()).hexdigest()[:20]
