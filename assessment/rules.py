"""Who may do what in a round: one short question each. The wall itself is in `visibility.py`."""

from typing import Any

from accounts.models import Council, CouncilRole, User
from accounts.rules import has_role
from assessment.models import (
    Adviser,
    Assessment,
    EvidenceRequest,
    OfficerDeclaration,
    Panel,
    PanelMember,
    PanelRole,
    PriceClarification,
    Round,
)
from audit.actors import SYSTEM
from challenges.models import Challenge, ChallengeState
from suppliers import rules as supplier_rules
from suppliers.models import SupplierMember

OFFICERS = (CouncilRole.OWNER, CouncilRole.PROCUREMENT_LEAD)


def may_set_up_panel(actor: Any, challenge: Challenge) -> bool:
    """Name the panel and open the round."""
    return has_role(actor, challenge.council_id, *OFFICERS)


def sits_on(actor: Any, panel: Panel | int, *roles: PanelRole) -> bool:
    """Whether the actor is an active person on this panel (in one of these roles, if any are given)."""
    if not isinstance(actor, User) or not actor.is_active:
        return False
    seats = PanelMember.objects.active().filter(panel=panel, user=actor)
    return (seats.filter(role__in=roles) if roles else seats).exists()


def is_panel_member(actor: Any, round_: Round) -> bool:
    """Take part in the round: read blind, declare interests."""
    return sits_on(actor, round_.panel_id)


def may_mark(actor: Any, round_: Round) -> bool:
    """Give marks (A2)."""
    return sits_on(actor, round_.panel_id, PanelRole.ASSESSOR)


def may_moderate(actor: Any, round_: Round) -> bool:
    """Moderate, record clause findings and freeze quality (A7)."""
    return sits_on(actor, round_.panel_id, PanelRole.CHAIR)


def may_reopen(actor: Any, round_: Round) -> bool:
    """Take the round back to marking (A4): the chair, or an officer who sets a relieved assessor's marks aside."""
    return may_moderate(actor, round_) or may_set_up_panel(actor, round_.challenge)


def may_see_progress(actor: Any, round_: Round) -> bool:
    """Follow how far the panel has come, in counts: its chair, deputy and observers, and the officers."""
    watching = sits_on(actor, round_.panel_id, PanelRole.CHAIR, PanelRole.DEPUTY, PanelRole.OBSERVER)
    return watching or may_set_up_panel(actor, round_.challenge)


def may_remind(actor: Any, round_: Round) -> bool:
    """Ask those who are late for what they owe."""
    chairs = sits_on(actor, round_.panel_id, PanelRole.CHAIR, PanelRole.DEPUTY)
    return chairs or may_set_up_panel(actor, round_.challenge)


def may_rule_on(actor: Any, round_: Round, role: PanelRole) -> bool:
    """Decide about an interest that a member in this role declared (A3); nobody about their own."""
    if role == PanelRole.CHAIR:
        return sits_on(actor, round_.panel_id, PanelRole.DEPUTY) or may_set_up_panel(actor, round_.challenge)
    return may_moderate(actor, round_)


def may_declare_as_officer(actor: Any, challenge: Challenge) -> bool:
    """Say what interests one has in a procurement (D7): the council's officers, and the challenge's advisers."""
    if has_role(actor, challenge.council_id, *OFFICERS, CouncilRole.PILOT_MANAGER):
        return True
    return isinstance(actor, User) and Adviser.objects.filter(challenge=challenge, user=actor).exists()


def may_read_officers(actor: Any, challenge: Challenge) -> bool:
    """Read what officers and advisers declared, by name: the council's officers and its auditor."""
    return has_role(actor, challenge.council_id, *OFFICERS, CouncilRole.AUDITOR)


def may_rule_on_officer(actor: Any, declaration: OfficerDeclaration) -> bool:
    """Decide about the interest of an officer or adviser: another officer of the council (D7)."""
    return declaration.user != actor and may_set_up_panel(actor, declaration.challenge)


def why_not_to_advise(user: User, challenge: Challenge) -> str | None:
    """Whoever works for a supplier does not advise a council: the rule for every supplier, so that none is named."""
    if SupplierMember.objects.filter(user=user).exists():
        return "You belong to a supplier: whoever may answer a challenge does not advise on it."
    return None


def has_sat_on(actor: Any, round_: Round) -> bool:
    """Whether the actor sits on the panel or ever did."""
    return PanelMember.objects.filter(panel=round_.panel_id, user=actor).exists()


def may_set_terms(actor: Any, council: Council) -> bool:
    """Set what the council asks of everybody on its panels."""
    return has_role(actor, council, CouncilRole.PROCUREMENT_LEAD)


def may_read_terms(actor: Any, council: Council) -> bool:
    """Read every version of the council's terms: its officers and its auditor."""
    return has_role(actor, council, *OFFICERS, CouncilRole.AUDITOR)


def may_verify(actor: Any, round_: Round) -> bool:
    """Check suppliers against exclusion grounds: a person of the council outside the panel (A8)."""
    if not has_role(actor, round_.challenge.council_id, *OFFICERS, CouncilRole.PILOT_MANAGER):
        return False
    return not has_sat_on(actor, round_)


def may_read_register(actor: Any, round_: Round) -> bool:
    """Read who declared what, by name, and who could see what: the officers and the auditor, not the panel."""
    if not has_role(actor, round_.challenge.council_id, *OFFICERS, CouncilRole.AUDITOR):
        return False
    return not sits_on(actor, round_.panel_id)


def may_move_on(actor: Any, round_: Round) -> bool:
    """Steps that follow by themselves from the last declaration or the last mark."""
    return actor is SYSTEM or is_panel_member(actor, round_)


def may_open_prices(actor: Any, round_: Round) -> bool:
    """Be one of the two people who open the prices (A9)."""
    return has_role(actor, round_.challenge.council_id, *OFFICERS)


def people_for_prices(challenge: Challenge) -> int:
    """How many different people open the prices: two, or one where that was published, below the threshold (A9)."""
    return 1 if challenge.opens_prices_alone and not challenge.is_above_threshold else 2


def may_check_price(actor: Any, clarification: PriceClarification) -> bool:
    """Ask about an abnormally low price, and decide on it: whoever may decide on the round (A12)."""
    return may_approve(actor, clarification.round)


def may_answer_about_price(actor: Any, clarification: PriceClarification) -> bool:
    """Answer for the supplier: its administrators."""
    return supplier_rules.may_submit(actor, clarification.submission)


def may_answer_evidence(actor: Any, request: EvidenceRequest) -> bool:
    """Give missing evidence for the supplier: its administrators."""
    return supplier_rules.may_submit(actor, request.submission)


def may_approve(actor: Any, round_: Round) -> bool:
    """Decide: the council's procurement lead who never sat on the panel and gave no mark (D1)."""
    if not has_role(actor, round_.challenge.council_id, CouncilRole.PROCUREMENT_LEAD):
        return False
    return not has_sat_on(actor, round_) and not Assessment.objects.filter(round=round_, member__user=actor).exists()


def may_audit(actor: Any, round_: Round) -> bool:
    """Read everything after the fact."""
    return has_role(actor, round_.challenge.council_id, CouncilRole.AUDITOR)


def why_not_to_join_a_supplier(user: User) -> str | None:
    """Nobody joins any supplier while they assess (A2): a refusal for one supplier only would tell who submitted."""
    seats = PanelMember.objects.active().filter(user=user, panel__challenge__state=ChallengeState.UNSEALED)
    if not seats.exists():
        return None
    return "You sit on a panel that is assessing. Whoever assesses cannot join a supplier before that is finished."


def why_not_to_close_an_account(user: User) -> list[str]:
    """A panel keeps its members until its challenge is assessed: one sentence for each seat."""
    over = (ChallengeState.ASSESSED, ChallengeState.PILOTING, ChallengeState.CONCLUDED, ChallengeState.CANCELLED)
    seats = PanelMember.objects.active().filter(user=user).exclude(panel__challenge__state__in=over)
    return [
        f"You sit on the panel of “{seat.panel.challenge}”, which is not finished: the council replaces you first."
        for seat in seats.select_related("panel__challenge").order_by("pk")
    ]
