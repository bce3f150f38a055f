"""Who may see what. A stranger is told that a page does not exist, never that it exists for others."""

from __future__ import annotations

from flask import abort

from grader.contract import Assignment
from server.context import catalogue, db
from server.login import person
from server.models import Course, CourseAssignment, EnrolmentRole, Submission
from server.services import courses, submissions


def course_of(slug: str) -> tuple[Course, EnrolmentRole]:
    """The course and the signed-in person's role in it. 404 for a stranger."""
    course = courses.course_by_slug(db(), slug)
    role = courses.role_in(db(), course, person()) if course is not None else None
    if course is None or role is None:
        abort(404)
    return course, role


def lecturers_course(slug: str) -> Course:
    """The course, for its lecturers. 404 for everybody else."""
    course, role = course_of(slug)
    if role is not EnrolmentRole.LECTURER:
        abort(404)
    return course


def published_in(course: Course, role: EnrolmentRole, name: str) -> CourseAssignment:
    """How the course publishes an assignment. 404 where it does not, or not for this role."""
    published = courses.published_as(db(), course, name)
    if published is None or not (published.is_visible or role is EnrolmentRole.LECTURER):
        abort(404)
    return published


def usable_assignment(published: CourseAssignment) -> Assignment:
    """The published assignment's folder. 404 while it is missing or broken."""
    assignment = catalogue().get(published.assignment)
    if assignment is None:
        abort(404, "This assignment's folder is missing or broken on the server. The lecturer can see what is wrong.")
    return assignment


def submission_of(submission_id: int) -> tuple[Submission, EnrolmentRole]:
    """A submission and the viewer's role: its own student, or a lecturer of its course. 404 for everybody else."""
    found = submissions.get(db(), submission_id)
    if found is None:
        abort(404)
    role = courses.role_in(db(), found.course_assignment.course, person())
    if role is EnrolmentRole.LECTURER:
        return found, role
    if found.person_id != person().id:
        abort(404)
    return found, EnrolmentRole.STUDENT
