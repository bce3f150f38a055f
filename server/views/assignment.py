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
from werkzeug.datastructures import FileStorage

from grader.contract import Assignment, WeightsFile
from grader.contract.archive import MAX_ARCHIVE_BYTES
from grader.contract.assignment import WEIGHTS_SUFFIX
from grader.contract.notebook import MAX_NOTEBOOK_BYTES
from grader.contract.upload import MAX_BYTES
from server.context import catalogue, db
from server.forms import PasteForm, UploadForm
from server.login import person
from server.models import Course, CourseAssignment, EnrolmentRole, Submission, utcnow
from server.rendering.markdown import statement_html
from server.services import submissions, weights
from server.services.errors import SubmissionRefused
from server.views.access import course_of, published_in, usable_assignment
from server.views.kept import file_text

pages = Blueprint("assignment", __name__, url_prefix="/courses/<slug>/assignments/<name>")

REFUSED = 422
CODE = (".py", ".ipynb", ".zip")
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
    """Hand in a file (Python, a notebook, a zip), or the text from the editor; trained networks with their weights."""
    course, role = course_of(slug)
    published = published_in(course, role, name)
    assignment = usable_assignment(published)
    uploads = request.files.getlist("file")
    upload, beside = chosen_files(uploads, assignment)
    if upload is not None:
        filename, content, typed = upload.filename or "", upload.stream.read(), file_text(upload)
    else:
        typed = request.form.get("code", "")
        filename, content = assignment.filename, typed.encode("utf-8", "replace")
    try:
        if uploads:
            check_chosen(uploads, upload, assignment)
        keep = request.form.get("keep_weights", type=int)
        submission = submissions.submit(
            db(), published, assignment, person(), filename, content, beside=beside, keep=keep
        )
    except SubmissionRefused as refusal:
        db().rollback()
        return _page(course, role, published, refusal=refusal, by_file=bool(uploads), typed=typed), REFUSED
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


def chosen_files(uploads: list[FileStorage], assignment: Assignment) -> tuple[FileStorage | None, WeightsFile | None]:
    """The file with the code among those that were chosen, and the weights beside it."""
    if assignment.trained is None:
        return (uploads[0] if uploads else None), None
    code = [upload for upload in uploads if (upload.filename or "").lower().endswith(CODE)]
    others = [upload for upload in uploads if upload.filename and upload not in code]
    beside = WeightsFile(others[0].filename or "", others[0].stream.read()) if others else None
    return (code[0] if code else None), beside


def check_chosen(uploads: list[FileStorage], upload: FileStorage | None, assignment: Assignment) -> None:
    """Raise SubmissionRefused where no file was chosen, or not one with code and at most one with weights."""
    names = [each.filename for each in uploads if each.filename]
    if not names:
        raise SubmissionRefused("No file was chosen. Choose your file first, or write in the editor below.")
    if assignment.trained is None:
        return
    wanted = f"Choose {assignment.filename} and {assignment.trained.weights} together, or a zip with both."
    if upload is None:
        raise SubmissionRefused(f"{names[0]} came without {assignment.filename}. {wanted}")
    if len(names) > 2 or sum(name.lower().endswith(CODE) for name in names) > 1:
        raise SubmissionRefused(f"You chose {', '.join(names[:6])}. {wanted}")


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
    takes_weights = assignment is not None and assignment.trained is not None
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
        most=_most(assignment),
        with_weights=weights.latest_with_weights(db(), published, person()) if takes_weights else None,
    )


def _most(assignment: Assignment | None) -> dict[str, int]:
    """How many bytes a file may have, by the ending of its name."""
    held = int(assignment.trained.max_mib * 2**20) if assignment and assignment.trained else 0
    most = {".py": MAX_BYTES, ".ipynb": MAX_NOTEBOOK_BYTES, ".zip": MAX_ARCHIVE_BYTES + held}
    return most | ({WEIGHTS_SUFFIX: held} if held else {})


def _statement(course: Course, assignment: Assignment | None) -> str:
    if assignment is None:
        return ""
    pictures = url_for("assignment.picture", slug=course.slug, name=assignment.id, path="")
    return statement_html(assignment.statement(), pictures)


def _latest_code(handed_in: list[Submission]) -> str:
    """The latest submission as one text to go on from; empty where there is none, or it has several files."""
    files = handed_in[0].graded_files if handed_in else []
    return files[0].content if len(files) == 1 else ""
