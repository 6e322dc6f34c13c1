"""What is written to people about an event. Only what is public, or the reader's own: nothing sealed, ever.

A letter says that something happened and where to read it; contents of submissions, prices and marks stay on pages
that ask who is reading.
"""

from datetime import date, datetime

from django.urls import reverse
from django.utils.timezone import localtime

from accounts.models import Council, CouncilRole
from assessment.models import Replacement
from audit.models import Event
from challenges.differences import lines
from challenges.models import Challenge
from challenges.queries import names_of
from notifications.letter import Letter, Writer
from notifications.pilot_letters import PILOT_LETTERS
from suppliers.models import Joining, Submission


def about_role(event: Event) -> Letter | None:
    """The letter to a person whose role in a council began or ended; None for any other event."""
    words = ROLE_WORDS.get(event.verb)
    council = Council.objects.filter(pk=event.subject_id).first() if words else None
    if words is None or council is None:
        return None
    role = CouncilRole(event.data["role"]).label if event.data.get("role") in CouncilRole.values else "a role"
    subject, body = words
    text = (
        f"{body.format(role=role, council=council)}\n\nIf you did not expect this, ask the council's procurement lead."
    )
    return Letter(subject.format(council=council), text, reverse("workspace"))


def about_joining(event: Event) -> Letter | None:
    """The letter about somebody who asks to join a firm; None for any other event."""
    asked = Joining.objects.select_related("supplier", "user").filter(pk=event.subject_id).first()
    if event.verb not in JOINING_WORDS or asked is None:
        return None
    subject, body = (words.format(asked.user, asked.supplier) for words in JOINING_WORDS[event.verb])
    is_for_admins = event.verb == "joining.asked"
    path = reverse("supplier_members", args=[asked.supplier.public_id]) if is_for_admins else reverse("supplier_home")
    return Letter(subject, body, path)


JOINING_WORDS = {
    "joining.asked": (
        "Somebody asks to join {1}", "{0} asks to join {1}. Let in only whom you know: a member reads every draft."
    ),
    "joining.accepted": ("You have joined {1}", "You are a member of {1} now."),
    "joining.declined": (
        "You were not let in", "An administrator of the organisation that you asked to join has declined."
    ),
}  # fmt: skip
ROLE_WORDS = {
    "council.role_given": (
        "You have a role at {council}", "At {council} you are now: {role}. What waits for you there is on your desk."
    ),
    "council.role_ended": (
        "A role of yours at {council} has ended",
        "At {council} you are no longer: {role}. What you did stays on the record; its pages are closed to you.",
    ),
}  # fmt: skip


def write(verb: str, challenge: Challenge, event: Event) -> Letter:
    """The letter for an event with this verb; KeyError when there is none."""
    return LETTERS[verb](challenge, event)


def _public(subject: str, body: str, route: str = "challenge") -> Writer:
    def writer(challenge: Challenge, event: Event) -> Letter:
        text = f"{body}\n\nThe reason given: {event.reason}" if event.reason else body
        return Letter(subject.format(challenge), text, reverse(route, args=[challenge.slug]))

    return writer


def _own(subject: str, body: str, route: str = "supplier_home") -> Writer:
    return lambda challenge, event: Letter(subject.format(challenge), body.format(challenge), reverse(route))


def _arrived(subject: str, body: str) -> Writer:
    """With the receipt itself, unless a newer one has taken its place meanwhile: that comes with its own letter."""

    def writer(challenge: Challenge, event: Event) -> Letter:
        own = _own(subject, body)(challenge, event)
        receipt = Submission.objects.filter(pk=event.subject_id).values_list("receipt", flat=True).first()
        if not receipt or receipt["sha256"] != event.data.get("sha256"):
            return own
        received_at = localtime(datetime.fromisoformat(receipt["received_at"]))
        facts = f"Received {received_at:%A %-d %B %Y, %H:%M:%S %Z}\nFingerprint (sha256) {receipt['sha256']}"
        return Letter(own.subject, f"{own.body}\n\n{facts}\n\nThe signed receipt is attached.", own.path, receipt)

    return writer


def _office(subject: str, body: str, route: str) -> Writer:
    def writer(challenge: Challenge, event: Event) -> Letter:
        text = f"{body}\n\nThe comment: {event.reason}" if event.reason else body
        return Letter(subject.format(challenge), text, reverse(route, args=[challenge.slug]))

    return writer


def _round_opened(challenge: Challenge, event: Event) -> Letter:
    is_about_pilots = event.data.get("kind") == "pilots"
    what = "The finished pilots are to be marked" if is_about_pilots else "The panel’s round is open"
    slug = f"{challenge.slug}/pilots" if is_about_pilots else challenge.slug
    body = f"{what}: declare your interests first."
    return Letter(f"Declare your interests: {challenge}", body, reverse("assess_round", args=[slug]))


def _left_out(route: str) -> Writer:
    def writer(challenge: Challenge, event: Event) -> Letter:
        gone = event.data.get("submission", "A submission")
        body = f"{gone} was withdrawn by its supplier. The assessment goes on without it; what was marked stays kept."
        return Letter(f"{gone} was withdrawn: {challenge}", body, reverse(route, args=[challenge.slug]))

    return writer


def _chosen_left(challenge: Challenge, event: Event) -> Letter:
    gone = Submission.objects.select_related("supplier").filter(pk=event.data.get("submission", 0)).first()
    name = gone.supplier.name if gone else "A chosen supplier"
    body = (
        f"{name} was chosen for a pilot and has withdrawn before it began.\n\nThe reason given: {event.reason}\n\n"
        "A pilot that was planned with it is ended. The other pilots go on. The procurement lead who may decide can "
        "let the next in rank move up, on the page of the result; if no pilot is left, conclude the challenge."
    )
    path = reverse("challenge_workspace", args=[challenge.slug])
    return Letter(f"A chosen supplier has withdrawn: {challenge}", body, path)


def _next_chosen(challenge: Challenge, event: Event) -> Letter:
    """For those who were assessed: they were told who was chosen, so they are told who is now (D2)."""
    made = Replacement.objects.select_related("left__supplier", "moved_up__supplier")
    each = made.get(pk=event.data["replacement"])
    body = (
        f"{each.left.supplier}, which was chosen for a pilot of “{challenge}”, has withdrawn. By the rule that was "
        f"published with the call {each.moved_up.supplier} moves up and is chosen in its place. Marks and ranks stay "
        "as your assessment summary gives them."
    )
    return Letter(f"Another supplier is chosen: {challenge}", body, reverse("supplier_home"))


def _broken_glass(subject: str, body: str, route: str) -> Writer:
    def writer(challenge: Challenge, event: Event) -> Letter:
        path = reverse(route, args=[challenge.slug] if route == "challenge_workspace" else [])
        return Letter(subject.format(challenge), f"{body}\n\nThe reason given: {event.reason}", path)

    return writer


def _question_answered(challenge: Challenge, event: Event) -> Letter:
    body = "A question was answered. Question and answer are public, and stand on the questions page."
    return Letter(f"Question answered: {challenge}", body, reverse("questions", args=[challenge.slug]))


def _answer_corrected(challenge: Challenge, event: Event) -> Letter:
    body = (
        "An answer that was published says something else now. It stands on the questions page, and what it said "
        f"before below it.\n\nThe reason given: {event.reason}"
    )
    return Letter(f"An answer was corrected: {challenge}", body, reverse("questions", args=[challenge.slug]))


def _amended(subject: str, body: str, route: str = "challenge_amendments") -> Writer:
    """What changed, line by line, and why: nobody has to open a page to learn it (C3)."""

    def writer(challenge: Challenge, event: Event) -> Letter:
        told = lines(event.data.get("difference", {}), names_of(challenge))
        changes = "\n".join(f"- {each.label}: from {each.was} to {each.now}" for each in told)
        text = f"{body}\n\nThe reason given: {event.reason}\n\nWhat changed:\n{changes}"
        path = reverse(route, args=[challenge.slug] if route == "challenge_amendments" else [])
        return Letter(subject.format(challenge), text, path)

    return writer


def _reminder(challenge: Challenge, event: Event) -> Letter:
    by = f" It is due on {date.fromisoformat(event.data['by']):%d %B %Y}." if event.data.get("by") else ""
    body = f"The panel of “{challenge}” waits for you: {event.data['words']}.{by}"
    return Letter(f"A reminder: {challenge}", body, reverse("assess_terms", args=[challenge.slug]))


LETTERS: dict[str, Writer] = {
    "challenge.published": _public("Published: {}", "The challenge is published, with its dates, money and criteria."),
    "challenge.amended": _amended(
        "Amended: {}", "The challenge was changed by a numbered amendment. Read it before you go on with an answer."
    ),
    "submission.to_confirm": _amended(
        "Amended after you submitted: {}",
        "The challenge was changed by a numbered amendment after you submitted. Read what changed; then confirm your "
        "submission, or change it. If you do neither, it stands as it is.", "supplier_home",
    ),
    "challenge.unsealed": _public(
        "Unsealed: {}", "The call has closed, and two people unsealed what was submitted. The page lists every "
        "fingerprint: see that yours is among them.", "unsealing",
    ),
    "challenge.assessed": _public("Assessed: {}", "The panel has finished, and suppliers are chosen for pilots."),
    "challenge.cancelled": _public("Cancelled: {}", "The challenge was cancelled. Its page stays, with the reason."),
    "challenge.concluded": _public("Concluded: {}", "The challenge is concluded. Its page says what came of it."),
    **PILOT_LETTERS,
    "award.notified": _public("Award notice: {}", "An award notice is published, and its standstill has begun."),
    "award.contracted": _public("Contract signed: {}", "A contract was signed."),
    "award.withdrawn": _public("Award withdrawn: {}", "An award that had been announced was withdrawn."),
    "clarification.answered": _question_answered,
    "clarification.corrected": _answer_corrected,
    "submission.submitted": _arrived(
        "Your submission arrived: {}",
        "Your submission to “{}” arrived and is sealed. Its receipt, with the time and the fingerprint, is on your "
        "firm’s page. Until the deadline you can change it or take it back.",
    ),
    "submission.resubmitted": _arrived(
        "Your changed submission arrived: {}",
        "Your changed submission to “{}” arrived and is sealed. It replaces the one before; a new receipt is on your "
        "firm’s page.",
    ),
    "submission.reconfirmed": _own(
        "Confirmed under the amended call: {}", "Your submission to “{}” was confirmed after the council's amendment."
    ),
    "submission.withdrawn": _own("Your submission is withdrawn: {}", "Your submission to “{}” is withdrawn."),
    "reading.opened": _broken_glass(
        "Your sealed submission was opened in an emergency: {}",
        "Two people who run this marketplace opened the words of your sealed submission for an hour, before its time. "
        "Its price and its files stayed closed, and nobody of the council read it. Your submission stands; you can "
        "change or withdraw it until the deadline. It is on the public record.", "supplier_home",
    ),
    "challenge.sealed_submission_opened": _broken_glass(
        "A sealed submission was opened in an emergency: {}",
        "Two people who run this marketplace read the words of one sealed submission. Whose it is stays unknown; "
        "prices and files stayed closed. It is on the public record.", "challenge_workspace",
    ),
    "submission.left": _own(
        "You have withdrawn: {}",
        "Your submission to “{}” is withdrawn from the procedure. The council goes on without it.",
    ),
    "submission.file_refused": _own(
        "The virus scanner refused a file of yours: {}",
        "Your answer to “{}” has a file in which the virus scanner found something. Nobody can open it, and the panel "
        "will not get it; everything else stands as it is. The page of your files says which it is. While the call is "
        "open you can remove it, attach a clean one and submit again.",
    ),
    "submission.selected": _own("You are chosen for a pilot: {}", "Your submission to “{}” is chosen for a pilot. "
        "Your assessment summary, with marks and reasons, is on the page of your answer.",
   ),
    "submission.not_selected": _own(
        "You are not chosen for a pilot: {}", "Your submission to “{}” was not chosen for a pilot. "
        "Thank you for it. Your assessment summary, with marks and reasons, is on the page of your answer.",

    ),
    "submission.disregarded": _own(
        "Your submission was disregarded: {}",
        "Your submission to “{}” was not ranked, because a mark stayed below a published threshold or a mandatory "
        "clause was not met. Your assessment summary, with marks and reasons, is on the page of your answer.",
    ),
    "submission.dropped": _own(
        "Your answer goes no further: {}",
        "Your submission to “{}” goes no further. The reasons and your own marks are on the page of your answer.",
    ),
    "round.reasons_due": _office(
        "Reasons are due: {}",
        "A supplier whose submission was dropped still waits for the reasons, which are due within ten days.", "prices",
    ),
    "evidence.asked": _own(
        "Evidence is missing in your answer: {}",
        "The panel of “{}” asks once for evidence that your answer does not hold. Read what is missing on the page of "
        "your answer, and give it before its deadline.",
    ),
    "evidence.answered": _office(
        "Missing evidence was given: {}", "It stands beside the clause that it belongs to.", "assess_evidence"
    ),
    "price.asked": _own(
        "The council asks about your price: {}",
        "Your price for “{}” is far below the others, and the council asks how you can deliver for it. Read the "
        "question on the page of your answer, and answer before its deadline.",
    ),
    "price.answered": _office(
        "A supplier answered about its price: {}", "You can read the answer and decide.", "price_checks"
    ),
    "clarification.asked": _office(
        "A supplier asks: {}", "A question waits for an answer. Who asks stays unknown.", "council_questions"
    ),
    "challenge.approval_asked": _office(
        "Approve: {}", "A challenge is ready and waits for your approval.", "challenge_approval"
    ),
    "challenge.handed_back": _office("Handed back: {}", "The draft was handed back.", "challenge_workspace"),
    "round.submission_left": _left_out("assess_round"),
    "council.submission_left": _left_out("challenge_workspace"),
    "challenge.supplier_left": _public(
        "A supplier has withdrawn: {}",
        "A supplier withdrew from the procedure. It goes on without that submission; marks and dates stay as they are.",
    ),
    "challenge.chosen_supplier_left": _chosen_left,
    "submission.moved_up": _own(
        "You are chosen for a pilot after all: {}",
        "A supplier that was chosen for a pilot of “{}” has withdrawn, and you are next by the published rule. The "
        "page of your answer gives the reason. The council plans the pilot with you; if you cannot take part any "
        "more, withdraw on that page.",
    ),
    "challenge.next_chosen": _next_chosen,
    "challenge.supplier_moved_up": _public(
        "Another supplier is chosen: {}",
        "A supplier that was chosen for a pilot withdrew, and the next one moved up by the published rule. Its name is "
        "published with the award of its pilot.",
    ),
    "panel.set_up": _office(
        "You sit on a panel: {}", "You were asked to sit on the panel. Read and accept its terms.", "assess_terms"
    ),
    "round.opened": _round_opened,
    "panel.reminded": _reminder,
    "interest.asked": _office(
        "Declare your interests: {}",
        "You work on this procurement. Its next notice waits until you have declared your interests, or confirmed that "
        "what you declared still holds. It takes a minute.", "officer_interests",
    ),
}  # fmt: skip

# What a person may hear once a day, or only in the inbox. Everything else concerns them, or cannot wait (C3).
MAY_WAIT = frozenset(
    {
        "challenge.published", "challenge.unsealed", "challenge.assessed", "challenge.concluded", "pilot.started",
        "pilot.evaluated", "pilot.gate_decided", "award.notified", "award.contracted", "award.withdrawn",
        "clarification.answered", "panel.reminded", "challenge.supplier_left",
    }
)  # fmt: skip
