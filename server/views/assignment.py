"""An assignment: its statement, the starter, and the way to hand in."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask_login import login_required

from grader.contract import Assignment
from grader.contract.archive import MAX_ARCHIVE_BYTES
from grader.contract.notebook import MAX_NOTEBOOK_BYTES
from grader.contract.upload import MAX_BYTES
from server.context import catalogue, db
from server.forms import PasteForm, UploadForm
from server.login import person
from server.models import Course, CourseAssignment, EnrolmentRole, Submission, utcnow
from server.rendering.markdown import statement_html
from server.services import submissions
from server.services.errors import SubmissionRefused
from server.views.access import course_of, published_in, usable_assignment
from server.views.kept import file_text

pages = Blueprint("assignment", __name__, url_prefix="/courses/<slug>/assignments/<name>")

REFUSED = 422
PICTURES = (".png", ".svg", ".jpg", ".jpeg", ".gif", ".webp")


@pages.get("/")
@login_required
def index(slug: str, name: str) -> str:
    """The assignment's page."""
    course, role = course_of(slug)
    return _page(course, role, published_in(course, role, name))


@pages.post("/submissions")
@login_required
def submit(slug: str, name: str) -> Response | tuple[str, int]:
    """Hand in a file (Python, a notebook, a zip), or the text from the editor."""
    course, role = course_of(slug)
    published = published_in(course, role, name)
    assignment = usable_assignment(published)
    upload = request.files.get("file")
    if upload is not None:
        filename, content, typed = upload.filename or "", upload.stream.read(), file_text(upload)
    else:
        typed = request.form.get("code", "")
        filename, content = assignment.filename, typed.encode("utf-8", "replace")
    try:
        if upload is not None and not filename:
            raise SubmissionRefused("No file was chosen. Choose your file first, or write in the editor below.")
        submission = submissions.submit(db(), published, assignment, person(), filename, content)
    except SubmissionRefused as refusal:
        db().rollback()
        return _page(course, role, published, refusal=refusal, by_file=upload is not None, typed=typed), REFUSED
    db().commit()
    return redirect(url_for("submission.index", submission_id=submission.id), 303)


@pages.get("/starter")
@login_required
def starter(slug: str, name: str) -> Response:
    """The file that is handed out, as a download."""
    course, role = course_of(slug)
    published = published_in(course, role, name)
    assignment = usable_assignment(published)
    if not _is_open(published, role):
        abort(404)
    response = make_response(assignment.starter())
    response.mimetype = "text/x-python"
    response.headers["Content-Disposition"] = f'attachment; filename="{assignment.filename}"'
    return response


@pages.get("/pictures/<path:path>")
@login_required
def picture(slug: str, name: str, path: str) -> Response:
    """A picture of the statement. Nothing else of the folder is handed out."""
    course, role = course_of(slug)
    published = published_in(course, role, name)
    assignment = usable_assignment(published)
    if not path.lower().endswith(PICTURES) or path.startswith("submissions/") or not _is_open(published, role):
        abort(404)
    return send_from_directory(assignment.folder, path, max_age=3600)


def _is_open(published: CourseAssignment, role: EnrolmentRole) -> bool:
    return role is EnrolmentRole.LECTURER or published.opens_at is None or published.opens_at <= utcnow()


def _page(
    course: Course,
    role: EnrolmentRole,
    published: CourseAssignment,
    *,
    refusal: SubmissionRefused | None = None,
    by_file: bool = False,
    typed: str = "",
) -> str:
    assignment = catalogue().get(published.assignment)
    handed_in = submissions.history(db(), published, person())
    latest = _latest_code(handed_in)
    code = typed or latest or (assignment.starter() if assignment is not None else "")
    return render_template(
        "assignment/index.html",
        course=course,
        role=role,
        published=published,
        assignment=assignment,
        is_open=_is_open(published, role),
        statement=_statement(course, assignment),
        handed_in=handed_in,
        upload_form=UploadForm(formdata=None),
        paste_form=PasteForm(formdata=None, data={"code": code}),
        refusal=refusal,
        by_file=by_file,
        typed=typed,
        goes_on=bool(latest),
        most={".py": MAX_BYTES, ".ipynb": MAX_NOTEBOOK_BYTES, ".zip": MAX_ARCHIVE_BYTES},
    )


def _statement(course: Course, assignment: Assignment | None) -> str:
    if assignment is None:
        return ""
    pictures = url_for("assignment.picture", slug=course.slug, name=assignment.id, path="")
    return statement_html(assignment.statement(), pictures)


def _latest_code(handed_in: list[Submission]) -> str:
    """The latest submission as one text to go on from; empty where there is none, or it has several files."""
    files = handed_in[0].graded_files if handed_in else []
    return files[0].content if len(files) == 1 else ""
