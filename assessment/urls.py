"""Addresses of the assessment room."""

from django.urls import path, register_converter

from assessment import views
from assessment.models.rounds import PILOTS_IN_ADDRESS


class RoundInAddress:
    """A round as `Round.slug` writes it: its challenge's slug, or that with one step more for finished pilots."""

    regex = rf"[-a-zA-Z0-9_]+(?:/{PILOTS_IN_ADDRESS})?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(RoundInAddress, "round")

urlpatterns = [
    path("workspace/challenges/<slug:slug>/officers/", views.officer_interests, name="officer_interests"),
    path("workspace/challenges/<slug:slug>/officers/confirm/", views.officer_confirm, name="officer_confirm"),
    path("workspace/challenges/<slug:slug>/officers/ask/", views.officer_ask, name="officer_ask"),
    path("workspace/challenges/<slug:slug>/officers/adviser/", views.adviser_invite, name="adviser_invite"),
    path("workspace/challenges/<slug:slug>/officers/<int:number>/decide/", views.officer_ruling, name="officer_ruling"),
    path(
        "workspace/challenges/<slug:slug>/officers/<int:number>/step-back/",
        views.officer_step_back,
        name="officer_step_back",
    ),
    path("workspace/councils/<slug:slug>/panel-terms/", views.panel_terms, name="panel_terms"),
    path("workspace/councils/<slug:slug>/panel-terms/house/", views.panel_terms_house, name="panel_terms_house"),
    path("workspace/challenges/<slug:slug>/panel/", views.panel, name="panel"),
    path("workspace/challenges/<slug:slug>/panel/open/", views.open_round, name="open_round"),
    path("workspace/challenges/<slug:slug>/panel/invite/", views.invite, name="panel_invite"),
    path("workspace/challenges/<slug:slug>/panel/work/", views.work, name="panel_work"),
    path("workspace/challenges/<slug:slug>/panel/members/<int:number>/", views.relieve, name="panel_relieve"),
    path("workspace/challenges/<round:slug>/panel/progress/", views.board, name="panel_board"),
    path("workspace/challenges/<round:slug>/panel/remind/", views.remind, name="panel_remind"),
    path("workspace/challenges/<round:slug>/interests/", views.register, name="register"),
    path("workspace/challenges/<round:slug>/interests/register.csv", views.register_csv, name="register_csv"),
    path("workspace/challenges/<round:slug>/interests/register.json", views.register_json, name="register_json"),
    path("workspace/challenges/<round:slug>/who-could-see/", views.who_could_see, name="who_could_see"),
    path("workspace/challenges/<slug:slug>/verification/", views.suppliers, name="verification"),
    path("workspace/challenges/<slug:slug>/verification/<uuid:public_id>/", views.verify, name="verify_supplier"),
    path("challenges/<round:slug>/interests/", views.statement, name="interests_statement"),
    path("challenges/<round:slug>/interests.json", views.statement_json, name="interests_statement_json"),
    path("workspace/challenges/<slug:slug>/prices/", views.prices, name="prices"),
    path("workspace/challenges/<slug:slug>/prices/checks/", views.price_checks, name="price_checks"),
    path("workspace/challenges/<slug:slug>/prices/checks/<slug:pseudonym>/", views.price_check, name="price_check"),
    path("workspace/challenges/<slug:slug>/prices/checks/<slug:pseudonym>/sums/", views.price_sums, name="price_sums"),
    path("workspace/challenges/<slug:slug>/prices/reasons/", views.tell_dropped, name="tell_dropped"),
    path("workspace/challenges/<round:slug>/letters/", views.round_letters, name="round_letters"),
    path("workspace/challenges/<round:slug>/letters/<slug:pseudonym>/", views.round_letter, name="round_letter"),
    path(
        "workspace/challenges/<round:slug>/letters/<slug:pseudonym>.pdf",
        views.round_letter_pdf,
        name="round_letter_pdf",
    ),
    path("assess/<slug:slug>/sift/", views.sift, name="assess_sift"),
    path("assess/<slug:slug>/sift/<slug:pseudonym>/", views.sift_one, name="assess_sift_one"),
    path("assess/<round:slug>/explanations/", views.explanations, name="assess_explanations"),
    path("supplier/submissions/<uuid:public_id>/result/", views.submission_result, name="submission_result"),
    path(
        "supplier/submissions/<uuid:public_id>/result/<slug:kind>.pdf",
        views.submission_result_pdf,
        name="submission_result_pdf",
    ),
    path("supplier/submissions/<uuid:public_id>/price-question/", views.price_question, name="price_question"),
    path("workspace/challenges/<round:slug>/result/", views.result, name="result"),
    path("workspace/challenges/<round:slug>/decision/", views.decision, name="decision"),
    path("workspace/challenges/<slug:slug>/decision/next/", views.move_up, name="move_up"),
    path("workspace/challenges/<round:slug>/decision/interests/", views.approver_interests, name="approver_interests"),
    path("workspace/challenges/<round:slug>/assessment-file/", views.assessment_file, name="assessment_file"),
    path("workspace/challenges/<round:slug>/assessment-file/all.xlsx", views.assessment_xlsx, name="assessment_xlsx"),
    path("workspace/challenges/<round:slug>/assessment-file/all.json", views.assessment_json, name="assessment_json"),
    path("workspace/challenges/<round:slug>/assessment-file/all.zip", views.assessment_zip, name="assessment_zip"),
    path(
        "workspace/challenges/<round:slug>/assessment-file/<slug:table>.csv",
        views.assessment_csv,
        name="assessment_csv",
    ),
    path("assess/", views.home, name="assess"),
    path("assess/<round:slug>/", views.round_home, name="assess_round"),
    path("assess/<slug:slug>/terms/", views.accept_terms, name="assess_terms"),
    path("assess/<round:slug>/reopen/", views.reopen, name="assess_reopen"),
    path("assess/<round:slug>/interests/", views.interests, name="assess_interests"),
    path("assess/<round:slug>/interests/none/", views.no_interests, name="assess_no_interests"),
    path("assess/<round:slug>/interests/confirm/", views.confirm, name="assess_confirm"),
    path("assess/<round:slug>/interests/decisions/", views.rulings, name="assess_rulings"),
    path("assess/<round:slug>/interests/decisions/<int:number>/", views.ruling, name="assess_ruling"),
    path("assess/<round:slug>/interests/suppliers/", views.supplier_interests, name="assess_supplier_interests"),
    path("assess/<round:slug>/submit/", views.submit, name="assess_submit"),
    path("assess/<round:slug>/freeze/", views.freeze, name="assess_freeze"),
    path("assess/<round:slug>/submissions/<slug:pseudonym>/", views.submission, name="assess_submission"),
    path(
        "assess/<round:slug>/submissions/<slug:pseudonym>/files/<uuid:reference>/",
        views.attachment,
        name="assess_attachment",
    ),
    path("assess/<round:slug>/submissions/<slug:pseudonym>/<slug:code>/", views.mark, name="assess_mark"),
    path("assess/<round:slug>/flags/", views.flags, name="assess_flags"),
    path("assess/<round:slug>/flags/<int:number>/answer/", views.flag_answer, name="assess_flag_answer"),
    path("assess/<round:slug>/tell/<slug:pseudonym>/", views.flag, name="assess_flag"),
    path("assess/<round:slug>/sheets/<slug:pseudonym>/", views.sheet, name="assess_sheet"),
    path("assess/<slug:slug>/evidence/", views.evidence, name="assess_evidence"),
    path("supplier/submissions/<uuid:public_id>/evidence/", views.evidence_asked, name="evidence_asked"),
    path("assess/<round:slug>/moderation/", views.moderation, name="assess_moderation"),
    path("assess/<round:slug>/moderation/<slug:pseudonym>/<slug:code>/", views.moderate, name="assess_moderate"),
    path("assess/<slug:slug>/clauses/<slug:pseudonym>/", views.clauses, name="assess_clauses"),
]
