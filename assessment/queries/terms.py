"""Which terms a council's panels accept now, and which a member accepted."""

from assessment.models import CouncilTerms, PanelMember
from assessment.terms import HOUSE, Terms, parsed


def versions_of(council_id: int) -> list[CouncilTerms]:
    """Every version that the council has set, the newest first."""
    return list(CouncilTerms.objects.filter(council=council_id).select_related("set_by").order_by("-number"))


def terms_now(council_id: int) -> Terms:
    """What whoever joins a panel of this council accepts today."""
    newest = CouncilTerms.objects.filter(council=council_id).order_by("-number").first()
    return _terms(newest) if newest is not None and newest.text else HOUSE


def terms_for(seat: PanelMember) -> Terms:
    """The words that a member accepted; of somebody who has not yet, those of today."""
    council_id = seat.panel.challenge.council_id
    if not seat.terms_version:
        return terms_now(council_id)
    own = [row for row in versions_of(council_id) if row.version == seat.terms_version]
    return _terms(own[0]) if own else Terms(seat.terms_version, HOUSE.parts)


def _terms(row: CouncilTerms) -> Terms:
    return Terms(row.version, parsed(row.text))
