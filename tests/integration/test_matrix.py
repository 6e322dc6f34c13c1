"""R6: every address x every role, as a printed matrix. A new address without a row here fails.

One challenge stands in the middle of its life (a pilot is running), so that every address has something to show. Each
request is rolled back, so that the order of requests changes nothing. Addresses of other products, the Wagtail admin
below /cms/ and allauth below /accounts/, are tested in their own rooms.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver
from django.utils.text import slugify

from accounts.models import CouncilRole, User
from audit.actions import append_links
from challenges.models import Challenge
from marketplace.middleware import methods_of
from opendata.actions import publish_due_notices
from opendata.models import Release
from tests import databases, factories
from tests.factories import assessment, awards, pages, pilots
from tests.factories.suppliers import admin_of, certificate_of, colleague, signed_in, submitted, unseal

ELSEWHERE = ("accounts/", "cms/", "documents/", "_util/", "static/")
POSTED = {
    "outage_withdraw", "mail_reports", "emergency_withdraw", "supplier_join", "supplier_joining",
    "follow", "unfollow", "panel_remind", "officer_confirm", "officer_ask",
    "panel_terms_house", "assess_confirm", "assess_no_interests",
    "challenge_ask", "challenge_approve", "challenge_hand_back", "open_round",
    "submission_remove_file", "submission_remove_partner", "submission_submit", "submission_unmark",
    "pilot_token_revoke", "pilot_feed_stop", "pilot_feed_key_remove", "pilot_readings_api", "pilot_start",
    "pilot_accompanying_remove",
    "pilot_survey_close", "pilot_residents_close", "pilot_residents_judge",
    "pilot_close", "assess_submit", "award_notify", "challenge_relaunch", "invitation_withdraw",
    "session_end", "sessions_end_others", "tell_dropped",
    "supplier_remove_certificate", "pilot_clause_look", "pilot_evaluation_again", "supplier_hand_over",
    "supplier_remove_member",
}  # fmt: skip

# The statuses of the roles in this order, and the addresses that answer so. 302 leads to the sign-in or onwards.
#   anonymous, supplier (runs the pilot), other supplier (not chosen), owner, lead, pilot manager, auditor, other lead
#   (of another council), assessor, chair, superuser (without a role)
# The challenge's writing is over (C1), so its short forms refuse everybody; GET unless POSTED says otherwise.
MATRIX = {
    "200 200 200 200 200 200 200 200 200 200 200": """
        accessibility retention interests_statement interests_statement_json
        api_challenge api_challenges api_schema bare challenge challenges components fit health
        how_it_works ocds ocds_package ocds_record ocds_release ocds_releases opendata pilot pilot_analysis_csv
        pilot_clauses_public pilot_devices_csv pilot_people pilot_residents_csv pilot_progress challenge_amendments
        pilot_corrections_csv pilot_package_json pilot_plan_json pilot_readings_csv pilots pilots_overview platform_key
        questions record record_file supplier_page unsealing unsealing_file verify_receipt
    """,
    "302 200 404 404 404 404 404 404 404 404 404": """
        submission submission_answer submission_check submission_clause submission_confidential
        submission_content_file submission_result submission_result_pdf
        submission_files submission_partners submission_pdf submission_preview
        submission_price submission_receipt submission_receipt_file submission_reconfirm submission_reuse
        submission_withdraw submission_word submission_leave
        supplier_add_certificate supplier_certificate supplier_declarations supplier_edit supplier_leave
        supplier_member supplier_members supplier_profile supplier_public_page
    """,
    "302 403 403 200 200 200 200 403 403 403 403": """
        award challenge_approval challenge_awards challenge_workspace council_fit council_leave council_people
        council_limit officer_interests council_questions reply unseal
    """,
    "302 403 403 403 409 403 403 403 403 403 403": """
        panel_terms_house
        award_approve award_claim award_contract award_lift award_notify award_withdraw challenge_amend
        challenge_approve price_sums
    """,
    "302 200 200 200 200 200 200 200 200 200 200": """
        account_close assess inbox message_preferences own_data sessions supplier_home supplier_register workspace
        workspace_pilots
    """,
    "302 403 403 403 200 403 403 403 403 403 403": """
        approver_interests challenge_cancel challenge_conclude challenge_extend council_hand_over council_invite
        council_roles decision move_up pilot_clause_waive price_check price_checks
    """,
    "302 403 403 403 403 403 403 403 403 403 403": """
        challenge_clauses challenge_criteria challenge_measures challenge_pilot_criteria challenge_procedure
        challenge_timetable
    """,
    "302 403 403 403 403 200 403 403 403 403 403": """
        pilot_accompanying pilot_listening pilot_note pilot_register pilot_residents pilot_service
        pilot_sites pilot_survey_new
    """,
    "302 403 403 403 403 403 403 403 403 409 403": "assess_explanations",
    "302 403 403 403 403 403 403 403 409 409 403": "assess_confirm assess_sift assess_sift_one",
    "302 403 403 403 403 403 403 403 403 200 403": """
        assess_clauses assess_evidence assess_flags assess_freeze assess_moderate assess_moderation assess_reopen
    """,
    "302 200 403 200 200 200 200 403 403 403 403": (
        "pilot_clause pilot_clauses pilot_dashboard pilot_devices pilot_end pilot_extend pilot_gate pilot_gates "
        "pilot_gate_record pilot_tokens pilot_feeds pilot_evaluations pilot_end_on_look "
        "pilot_suspend pilot_workspace pilot_incident pilot_incidents pilot_milestone pilot_milestones"
    ),
    "302 200 403 200 200 200 403 403 403 403 403": "pilot_incident_new pilot_recall",
    "302 200 403 200 200 403 403 403 403 403 403": "pilot_stops",
    "302 302 302 302 302 302 302 302 302 302 302": "answer follow session_end sessions_end_others unfollow",
    "302 403 403 200 200 403 403 403 403 403 403": """
        pilot_erase pilot_erase_words
        adviser_invite officer_step_back
        award_propose finished_pilots panel panel_invite panel_relieve panel_work prices
    """,
    "302 403 403 302 302 302 403 403 403 403 403": "officer_confirm",
    "302 403 403 404 404 403 403 403 403 403 403": "officer_ruling",
    "302 403 403 200 200 403 200 403 403 403 403": "panel_terms register register_csv register_json who_could_see",
    "302 403 403 200 200 200 403 403 403 403 403": "pilot_incident_told verification verify_supplier",
    "302 403 403 200 200 403 403 403 403 200 403": "assess_rulings panel_board",
    "302 403 403 404 404 403 403 403 403 404 403": "assess_ruling",
    "302 403 403 409 409 403 403 403 403 409 403": "panel_remind",
    "302 403 403 403 403 403 403 403 200 200 403": "assess_interests assess_round assess_submission assess_terms",
    "302 409 403 403 403 409 403 403 403 403 403": "pilot_clause_look",
    "302 403 403 403 403 409 403 403 403 403 403": "pilot_close pilot_start",
    "302 403 403 409 409 403 403 403 403 403 403": (
        "officer_ask challenge_ask challenge_relaunch open_round tell_dropped"
    ),
    "302 302 404 404 404 404 404 404 404 404 404": """
        supplier_hand_over supplier_remove_certificate supplier_remove_member
    """,
    "302 409 404 404 404 404 404 404 404 404 404": """
        submission_remove_file submission_remove_partner submission_submit submission_unmark
    """,
    "404 404 404 404 404 404 404 404 404 404 404": """
        demonstration_service file invitation mail_reports picture pilot_result_json
        take_part take_part_code take_part_thanks your_reading your_reading_code
    """,
    "302 200 403 403 403 200 403 403 403 403 403": "pilot_typed pilot_upload pilot_device_take_back",
    "302 403 403 200 200 403 403 200 403 403 403": "challenge_start",
    "302 403 403 200 403 200 403 403 403 403 403": "pilot_consent pilot_milestones_set",
    "302 403 403 403 200 200 403 403 403 403 403": "challenge_pilots",
    "302 403 403 403 200 403 200 403 200 200 403": "result round_letter round_letter_pdf round_letters",
    "302 403 403 403 403 403 403 403 200 403 403": "assess_flag assess_mark assess_sheet",
    "302 403 403 403 403 403 200 403 403 403 403": """
        assessment_csv assessment_file assessment_json assessment_xlsx assessment_zip
    """,
    "302 403 403 403 403 403 403 403 302 302 403": "assess_no_interests assess_supplier_interests",
    "302 403 403 403 403 403 403 403 409 403 403": "assess_submit",
    "302 404 403 404 404 404 404 403 403 403 403": "pilot_accompanying_remove",
    "302 404 403 403 403 404 403 403 403 403 403": "pilot_accounts pilot_feed_key pilot_feed_key_remove",
    "302 403 403 403 403 422 403 403 403 403 403": "pilot_residents_judge",
    "302 403 403 403 403 404 403 403 403 403 403": """
        pilot_evaluation_again pilot_erase_answer pilot_recall_mistake
        pilot_feed_stop pilot_note_withdraw pilot_residents_close pilot_residents_print pilot_survey pilot_survey_close
        pilot_survey_print pilot_token_revoke
    """,
    "302 403 403 403 403 403 403 403 403 404 403": "assess_flag_answer",
    "302 403 403 403 422 403 403 403 403 403 403": "challenge_hand_back",
    "302 404 404 404 404 404 404 404 404 404 404": """
        assess_attachment supplier_joining evidence_asked invitation_withdraw price_question submission_earlier_receipt
    """,
    "302 409 409 409 409 409 409 409 409 409 409": "supplier_join",
    "302 403 403 403 403 403 403 403 403 403 200": "emergencies outages",
    "302 403 403 403 403 403 403 403 403 403 404": "emergency emergency_withdraw outage outage_withdraw",
    "401 401 401 401 401 401 401 401 401 401 401": "pilot_readings_api",
}


def routes() -> list[tuple[str, str]]:
    """Every named address outside the admin and the account pages: its name and its pattern."""
    found = [(pattern.name, path) for path, pattern in _patterns(get_resolver()) if not path.startswith(ELSEWHERE)]
    return sorted((name, path) for name, path in found if name and name != "wagtail_serve")


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, path)
        else:
            yield path, entry


class World:
    """One challenge in its pilots, the people around it, and what its addresses are filled with."""

    def __init__(self) -> None:
        challenge = factories.open_challenge()
        awards.ask_and_answer(challenge)
        for _ in range(3):
            submitted(challenge)
        unseal(challenge)
        assessment.round_in("decided", challenge)
        self.pilot = pilots.pilot_in("running", challenge=challenge)
        self.pilot.milestones.create(number=1, title="Counters stand", amount=5000, due_on=self.pilot.starts_on)
        self.incident = pilots.incident_of(self.pilot)
        self.certificate = certificate_of(self.pilot.supplier)
        self.colleague = colleague(self.pilot.supplier).supplier_memberships.get()
        self.challenge = Challenge.objects.get(pk=challenge.pk)
        pages.page_for(self.challenge)
        append_links()
        publish_due_notices()
        self.clients = {role: signed_in(user) if user else Client() for role, user in self._people().items()}

    def _people(self) -> dict[str, User | None]:
        council = self.challenge.council
        dropped = self.challenge.submissions.exclude(supplier=self.pilot.supplier).earliest("pk").supplier
        panel = self.challenge.rounds.get()
        return {
            "anonymous": None,
            "supplier": admin_of(self.pilot.supplier),
            "other supplier": admin_of(dropped),
            "owner": factories.member_with(council, CouncilRole.OWNER),
            "lead": factories.member_with(council, CouncilRole.PROCUREMENT_LEAD),
            "pilot manager": factories.member_with(council, CouncilRole.PILOT_MANAGER),
            "auditor": factories.person(council, CouncilRole.AUDITOR),
            "other lead": factories.person(factories.council(), CouncilRole.PROCUREMENT_LEAD),
            "assessor": assessment.assessors_of(panel)[0],
            "chair": assessment.chair_of(panel),
            "superuser": User.objects.create_superuser("root@people.example", factories.PASSWORD),
        }

    def address(self, path: str) -> str:
        """The address of a route, filled with what belongs to this challenge."""
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: self._value(found[1], path), _plain(path))

    def _value(self, argument: str, path: str) -> str:
        submission = self.pilot.submission
        values = {
            "slug": self._slug(path),
            "pilot_slug": self.pilot.slug,
            "kind": "summary" if path.startswith("supplier/") else "contract",
            "public_id": str(self._public_id(path)),
            "pseudonym": slugify(submission.pseudonym),
            "code": self._code(path),
            "number": self._number(path),
            "pk": str(self._pk(path)),
            "file_id": str(uuid.UUID(int=1)),
            "passage_id": "0",
            "answer": "1",
            "place": "0",
            "reference": str(uuid.UUID(int=1)),
            "release_id": Release.objects.earliest("pk").release_id,
            "ocid": Release.objects.earliest("pk").ocid,
            "item": "operations",
            "name": "none.png",
            "table": "ranking",
            "token": "forged",
        }
        return values[argument]

    def _pk(self, path: str) -> int:
        if "members/" in path:
            return self.colleague.pk
        if "incidents/" in path:
            return (self.incident.duties if "told/" in path else self.incident.entries).latest("pk").pk
        return self.certificate.pk if "certificates/" in path else 1

    def _slug(self, path: str) -> str:
        if path.startswith("workspace/councils/"):
            return self.challenge.council.slug
        return self.pilot.slug if path.startswith(("pilots/", "workspace/pilots/")) else self.challenge.slug

    def _number(self, path: str) -> str:
        if "panel/members/" in path:
            return str(self.challenge.panel.members.earliest("pk").pk)
        if path.startswith("workspace/councils/") or "officers/" in path:
            return str(factories.member_with(self.challenge.council, CouncilRole.PROCUREMENT_LEAD).pk)
        if "incidents/" in path or "milestones/" in path:
            return "1"
        return str(self.challenge.clarifications.earliest("pk").pk)

    def _public_id(self, path: str) -> uuid.UUID:
        if path.startswith(("supplier/organisations/", "suppliers/")) or "verification/" in path:
            return self.pilot.supplier.public_id
        if path.startswith("supplier/"):
            return self.pilot.submission.public_id
        if path.startswith("workspace/awards/"):
            return self.pilot.awards.earliest("pk").public_id
        return self.pilot.public_id if path.startswith("api/pilots/") else uuid.UUID(int=1)

    def _code(self, path: str) -> str:
        clause = self.challenge.clause_requirements.earliest("pk").code
        return clause if "clauses/" in path else self.challenge.criteria.earliest("pk").code

    def ask_all(self, name: str, path: str) -> list[int]:
        """The status that each role gets at this route; whatever the requests did is rolled back."""
        address = self.address(path)
        return [self._ask(client.post if name in POSTED else client.get, address) for client in self.clients.values()]

    def _ask(self, sent: Callable[[str], Any], address: str) -> int:
        with transaction.atomic():
            answer = sent(address)
            if answer.streaming:
                answer.getvalue()  # read to its end, so that its file is closed
            status = answer.status_code
            transaction.set_rollback(True)
        return status


def _plain(path: str) -> str:
    return re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", path).strip("^$").replace("^", "").replace("$", "")


def _somewhere(path: str) -> str:
    """An address of this route, of something that need not exist; empty where its pattern is particular."""
    made = "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: _ANY.get(found[1], "x"), _plain(path))
    try:
        get_resolver().resolve(made)
    except Resolver404:
        return ""
    return made


_ANY = {"int": "1", "uuid": str(uuid.UUID(int=1)), "slug": "x", "str": "x", "path": "x"}


def expected() -> dict[str, list[int]]:
    """Each route's statuses by role, as the matrix has them."""
    return {name: [int(status) for status in row.split()] for row, names in MATRIX.items() for name in names.split()}


def test_R6_every_address_has_its_row_and_every_row_its_address() -> None:
    assert sorted(expected()) == [name for name, _ in routes()]


@pytest.mark.django_db
def test_no_address_answers_a_method_that_it_does_not_take(client: Client) -> None:
    """Before it is asked whose it is, or whether it is there at all; below /accounts/ and /cms/, too."""
    seen = {}
    for path, pattern in _patterns(get_resolver()):
        address, taken = _somewhere(path), methods_of(pattern.callback)
        found = get_resolver().resolve(address).func if address else pattern.callback
        for method in {"PUT", "DELETE"} - set(taken):
            if address and methods_of(found) == taken:
                answer = client.generic(method, address)
                seen[method, path] = (answer.status_code, answer.get("Allow"), _says_so(answer))
    assert {place: got for place, got in seen.items() if not (got[0] == 405 and got[1] and got[2])} == {}
    assert {path for _, path in seen} >= {path for name, path in routes() if name != "media"}
    assert client.delete("/").status_code == 405


def _says_so(answer: Any) -> bool:
    """A page; for machines, a sentence in the shape of their other refusals."""
    is_page = b"</html>" in answer.content
    return is_page or any(each in answer.content for each in (b"not allowed", b"his address"))


@pytest.mark.django_db
def test_what_machines_read_answers_a_wrong_method_in_the_shape_of_its_other_refusals(client: Client) -> None:
    harvested = {"message": "This address takes GET, HEAD, nothing else."}
    for address, told, allowed in (
        ("/api/challenges/", {"detail": 'Method "DELETE" not allowed.'}, "GET, HEAD, OPTIONS"),
        ("/opendata/ocds/releases/", harvested, "GET, HEAD"),
        ("/record.jsonl", harvested, "GET, HEAD"),
    ):
        answer = client.delete(address)
        assert (answer.status_code, answer.json(), answer["Allow"]) == (405, told, allowed)


@pytest.mark.django_db
def test_a_page_that_is_only_read_and_one_that_is_only_a_button_say_so(client: Client) -> None:
    somebody = signed_in(User.objects.create_user("somebody@people.example", factories.PASSWORD))
    read, button = client.post("/how-it-works/"), somebody.get("/you/sessions/end-others/")
    assert (read.status_code, "This address is for reading" in read.content.decode()) == (405, True)
    assert (button.status_code, "use its button" in button.content.decode()) == (405, True)
    assert "content-security-policy" in button.headers


@databases.walks_everything
@pytest.mark.django_db
def test_R6_every_address_answers_every_role_as_the_matrix_says() -> None:
    world = World()
    seen = {name: world.ask_all(name, path) for name, path in routes()}

    print(f"{'':28}" + " ".join(role[:5].rjust(5) for role in world.clients))  # noqa: T201 - it is there to be read
    for name, row in seen.items():
        print(f"{name:28}" + " ".join(f"{status:5}" for status in row))  # noqa: T201
    known = expected()
    assert {name: row for name, row in seen.items() if row != known.get(name)} == {}
