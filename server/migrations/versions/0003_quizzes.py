"""quizzes, their sessions, participants and answers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "course_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_question_course_id_course")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_question")),
        sa.UniqueConstraint("course_id", "name", name=op.f("uq_course_question_course_id_name")),
    )
    op.create_index(op.f("ix_course_question_course_id"), "course_question", ["course_id"], unique=False)
    op.create_table(
        "quiz",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("numbers", sa.Enum("same", "each", name="numbers", native_enum=False, length=16), nullable=False),
        sa.Column("shuffles_questions", sa.Boolean(), nullable=False),
        sa.Column("shuffles_options", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_quiz_course_id_course")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz")),
    )
    op.create_index(op.f("ix_quiz_course_id"), "quiz", ["course_id"], unique=False)
    op.create_table(
        "quiz_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("pick", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_quiz_part_quiz_id_quiz")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_part")),
    )
    op.create_index(op.f("ix_quiz_part_quiz_id"), "quiz_part", ["quiz_id"], unique=False)
    op.create_table(
        "quiz_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("timed", "window", "paced", "practice", name="mode", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("numbers", sa.Enum("same", "each", name="numbers", native_enum=False, length=16), nullable=False),
        sa.Column("shuffles_questions", sa.Boolean(), nullable=False),
        sa.Column("shuffles_options", sa.Boolean(), nullable=False),
        sa.Column("roster_only", sa.Boolean(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("limit_seconds", sa.Integer(), nullable=True),
        sa.Column("grace_seconds", sa.Double(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("results_released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "stage", sa.Enum("lobby", "open", "revealed", name="stage", native_enum=False, length=16), nullable=False
        ),
        sa.Column("stage_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("current", sa.Integer(), nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_quiz_session_course_id_course")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_quiz_session_quiz_id_quiz")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_session")),
        sa.UniqueConstraint("code", name=op.f("uq_quiz_session_code")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_quiz_session_course_id"), "quiz_session", ["course_id"], unique=False)
    op.create_index(op.f("ix_quiz_session_quiz_id"), "quiz_session", ["quiz_id"], unique=False)
    op.create_table(
        "participant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("takeovers", sa.Integer(), nullable=False),
        sa.Column("extra_seconds", sa.Integer(), nullable=False),
        sa.Column("paused_seconds", sa.Double(), nullable=False),
        sa.Column("paper", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_participant_person_id_person")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["quiz_session.id"], name=op.f("fk_participant_session_id_quiz_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
        sa.UniqueConstraint("session_id", "number", name=op.f("uq_participant_session_id_number")),
    )
    op.create_index(op.f("ix_participant_person_id"), "participant", ["person_id"], unique=False)
    op.create_index(op.f("ix_participant_session_id"), "participant", ["session_id"], unique=False)
    op.create_table(
        "quiz_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("points", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["part_id"], ["quiz_part.id"], name=op.f("fk_quiz_item_part_id_quiz_part")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_item")),
    )
    op.create_index(op.f("ix_quiz_item_part_id"), "quiz_item", ["part_id"], unique=False)
    op.create_table(
        "session_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("pick", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("correction", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["quiz_session.id"], name=op.f("fk_session_item_session_id_quiz_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_item")),
    )
    op.create_index(op.f("ix_session_item_session_id"), "session_item", ["session_id"], unique=False)
    op.create_table(
        "time_allowance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("extra_seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["quiz_session.id"], name=op.f("fk_time_allowance_session_id_quiz_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_allowance")),
        sa.UniqueConstraint("session_id", "number", name=op.f("uq_time_allowance_session_id_number")),
    )
    op.create_index(op.f("ix_time_allowance_session_id"), "time_allowance", ["session_id"], unique=False)
    op.create_table(
        "practice_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("picked", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fraction", sa.Double(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["session_item.id"], name=op.f("fk_practice_answer_item_id_session_item")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_practice_answer_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_answer")),
    )
    op.create_index(op.f("ix_practice_answer_item_id"), "practice_answer", ["item_id"], unique=False)
    op.create_index(op.f("ix_practice_answer_person_id"), "practice_answer", ["person_id"], unique=False)
    op.create_table(
        "quiz_answer",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("picked", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["session_item.id"], name=op.f("fk_quiz_answer_item_id_session_item")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_quiz_answer_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("participant_id", "item_id", name=op.f("pk_quiz_answer")),
    )
    op.create_table(
        "quiz_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_quiz_event_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_quiz_event_person_id_person")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["quiz_session.id"], name=op.f("fk_quiz_event_session_id_quiz_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_event")),
    )
    op.create_index("ix_quiz_event_session_at", "quiz_event", ["session_id", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_quiz_event_session_at", table_name="quiz_event")
    op.drop_table("quiz_event")
    op.drop_table("quiz_answer")
    op.drop_index(op.f("ix_practice_answer_person_id"), table_name="practice_answer")
    op.drop_index(op.f("ix_practice_answer_item_id"), table_name="practice_answer")
    op.drop_table("practice_answer")
    op.drop_index(op.f("ix_time_allowance_session_id"), table_name="time_allowance")
    op.drop_table("time_allowance")
    op.drop_index(op.f("ix_session_item_session_id"), table_name="session_item")
    op.drop_table("session_item")
    op.drop_index(op.f("ix_quiz_item_part_id"), table_name="quiz_item")
    op.drop_table("quiz_item")
    op.drop_index(op.f("ix_participant_session_id"), table_name="participant")
    op.drop_index(op.f("ix_participant_person_id"), table_name="participant")
    op.drop_table("participant")
    op.drop_index(op.f("ix_quiz_session_quiz_id"), table_name="quiz_session")
    op.drop_index(op.f("ix_quiz_session_course_id"), table_name="quiz_session")
    op.drop_table("quiz_session")
    op.drop_index(op.f("ix_quiz_part_quiz_id"), table_name="quiz_part")
    op.drop_table("quiz_part")
    op.drop_index(op.f("ix_quiz_course_id"), table_name="quiz")
    op.drop_table("quiz")
    op.drop_index(op.f("ix_course_question_course_id"), table_name="course_question")
    op.drop_table("course_question")
