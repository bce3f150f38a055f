"""How one person stands on a board: under which name, and whether the staff took them off it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import BoardHiding, BoardName, CourseAssignment, Person


@dataclass(frozen=True, slots=True)
class Standing:
    """`name` is None until a name was drawn or chosen, `hiding` is None for whom nobody took off the board."""

    name: BoardName | None
    hiding: BoardHiding | None

    @property
    def is_listed(self) -> bool:
        """Whether the person wants to stand on boards."""
        return self.name is None or self.name.is_listed


def standing(s: Session, published: CourseAssignment, person: Person) -> Standing:
    """The person's standing on the board of an assignment. Nothing is drawn or changed."""
    name = select(BoardName).where(BoardName.course_id == published.course_id, BoardName.person_id == person.id)
    hiding = select(BoardHiding).where(
        BoardHiding.course_assignment_id == published.id, BoardHiding.person_id == person.id
    )
    return Standing(s.scalar(name), s.scalar(hiding))
