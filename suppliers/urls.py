from django.urls import include, path

from suppliers.views import (
    copying,
    home,
    people,
    previewing,
    profile,
    questions,
    receipts,
    sections,
    submitting,
    unsealing,
    writing,
)

of_a_submission = [
    path("", writing.submission, name="submission"),
    path("answers/<slug:code>/", sections.answer, name="submission_answer"),
    path("clauses/<slug:code>/", sections.clause, name="submission_clause"),
    path("price/", sections.price, name="submission_price"),
    path("files/", writing.files, name="submission_files"),
    path("files/<uuid:file_id>/remove/", writing.remove_file, name="submission_remove_file"),
    path("reuse/", copying.reuse, name="submission_reuse"),
    path("answer.pdf", copying.pdf, name="submission_pdf"),
    path("answer.docx", copying.word, name="submission_word"),
    path("preview/", previewing.preview, name="submission_preview"),
    path("confidential/", previewing.confidential, name="submission_confidential"),
    path("confidential/<str:passage_id>/remove/", previewing.unmark, name="submission_unmark"),
    path("check/", submitting.check, name="submission_check"),
    path("submit/", submitting.submit, name="submission_submit"),
    path("receipt/", submitting.receipt, name="submission_receipt"),
    path("receipt.json", submitting.receipt_file, name="submission_receipt_file"),
    path("receipts/<int:number>.json", submitting.earlier_receipt, name="submission_earlier_receipt"),
    path("reconfirm/", submitting.reconfirm, name="submission_reconfirm"),
    path("content.json", submitting.content_file, name="submission_content_file"),
    path("withdraw/", submitting.withdraw, name="submission_withdraw"),
]

of_an_organisation = [
    path("", profile.profile, name="supplier_profile"),
    path("edit/", profile.edit, name="supplier_edit"),
    path("page/", profile.public_page, name="supplier_public_page"),
    path("certificates/", profile.add_certificate, name="supplier_add_certificate"),
    path("certificates/<int:pk>/", profile.certificate, name="supplier_certificate"),
    path("certificates/<int:pk>/remove/", profile.remove_certificate, name="supplier_remove_certificate"),
    path("members/", people.members, name="supplier_members"),
    path("members/<int:pk>/", people.member, name="supplier_member"),
    path("members/<int:pk>/hand-over/", people.hand_over, name="supplier_hand_over"),
    path("members/<int:pk>/remove/", people.remove, name="supplier_remove_member"),
    path("leave/", people.leave, name="supplier_leave"),
]

urlpatterns = [
    path("supplier/", home.home, name="supplier_home"),
    path("supplier/register/", home.register, name="supplier_register"),
    path("supplier/organisations/<uuid:public_id>/", include(of_an_organisation)),
    path("supplier/submissions/<uuid:public_id>/", include(of_a_submission)),
    path("challenges/<slug:slug>/answer/", home.answer, name="answer"),
    path("challenges/<slug:slug>/unsealing/", unsealing.summary, name="unsealing"),
    path("challenges/<slug:slug>/unsealing.json", unsealing.summary_file, name="unsealing_file"),
    path("challenges/<slug:slug>/questions/", questions.questions, name="questions"),
    path("receipts/verify/", receipts.verify, name="verify_receipt"),
    path("receipts/platform-key.pem", receipts.platform_key, name="platform_key"),
    path("workspace/challenges/<slug:slug>/unseal/", unsealing.unseal, name="unseal"),
    path("workspace/challenges/<slug:slug>/questions/", questions.council_questions, name="council_questions"),
    path("workspace/challenges/<slug:slug>/questions/<int:number>/", questions.reply, name="reply"),
]
