"""An assessment as a JSON document, and back into what `scoring` reads. Pure: no Django, no queries.

The document is what a ranking stores and what an export carries, so that anyone can compute the result again. It is
described for third parties in `docs/formats/assessment.md`. Read `writing` first, then `reading`.
"""

from assessment.inputs.answering import answer, differences
from assessment.inputs.parsing import LARGEST, MalformedError, parse
from assessment.inputs.reading import read
from assessment.inputs.writing import plain, to_document

__all__ = ["LARGEST", "MalformedError", "answer", "differences", "parse", "plain", "read", "to_document"]
