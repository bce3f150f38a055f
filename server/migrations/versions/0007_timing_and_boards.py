"""timings of submissions and methods, names on boards, and people whom the staff took off one"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "timing_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_assignment_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("method", sa.String(length=80), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum("submission", "verification", "method", name="timingreason", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("queue", sa.String(length=32), nullable=False),
        sa.Column(
            "state",
            sa.Enum("queued", "running", "done", "failed", name="timingstate", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("patience", sa.Double(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enqueued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("ratio", sa.Double(), nullable=True),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("milliseconds", sa.Double(), nullable=True),
        sa.Column("percent_of_limit", sa.Double(), nullable=True),
        sa.Column("points", sa.Double(), nullable=True),
        sa.Column("tier", sa.String(length=40), nullable=False),
        sa.Column("device_kind", sa.String(length=8), nullable=False),
        sa.Column("device_name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_assignment_id"],
            ["course_assignment.id"],
            name=op.f("fk_timing_run_course_assignment_id_course_assignment"),
        ),
        sa.ForeignKeyConstraint(["requested_by_id"], ["person.id"], name=op.f("fk_timing_run_requested_by_id_person")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_timing_run_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timing_run")),
    )
    op.create_index(op.f("ix_timing_run_course_assignment_id"), "timing_run", ["course_assignment_id"], unique=False)
    op.create_index(op.f("ix_timing_run_submission_id"), "timing_run", ["submission_id"], unique=False)
    op.create_index("ix_timing_run_state_lease", "timing_run", ["state", "lease_until"], unique=False)
    op.create_table(
        "board_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("alias", sa.String(length=40), nullable=False),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_board_name_course_id_course")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_board_name_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_name")),
        sa.UniqueConstraint("course_id", "alias", name=op.f("uq_board_name_course_id_alias")),
        sa.UniqueConstraint("course_id", "person_id", name=op.f("uq_board_name_course_id_person_id")),
    )
    op.create_index(op.f("ix_board_name_person_id"), "board_name", ["person_id"], unique=False)
    op.create_table(
        "board_hiding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_assignment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hidden_by_id", sa.Integer(), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_assignment_id"],
            ["course_assignment.id"],
            name=op.f("fk_board_hiding_course_assignment_id_course_assignment"),
        ),
        sa.ForeignKeyConstraint(["hidden_by_id"], ["person.id"], name=op.f("fk_board_hiding_hidden_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_board_hiding_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_hiding")),
        sa.UniqueConstraint(
            "course_assignment_id", "person_id", name=op.f("uq_board_hiding_course_assignment_id_person_id")
        ),
    )
    op.create_index(op.f("ix_board_hiding_person_id"), "board_hiding", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_board_hiding_person_id"), table_name="board_hiding")
    op.drop_table("board_hiding")
    op.drop_index(op.f("ix_board_name_person_id"), table_name="board_name")
    op.drop_table("board_name")
    op.drop_index("ix_timing_run_state_lease", table_name="timing_run")
    op.drop_index(op.f("ix_timing_run_submission_id"), table_name="timing_run")
    op.drop_index(op.f("ix_timing_run_course_assignment_id"), table_name="timing_run")
    op.drop_table("timing_run")
