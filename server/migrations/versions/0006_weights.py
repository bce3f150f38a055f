"""the weights of trained networks: their bytes, what they hold, and the submissions that they belong to"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "weights",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("tensors", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weights")),
    )
    op.create_table(
        "submission_weights",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("weights_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_submission_weights_submission_id_submission")
        ),
        sa.ForeignKeyConstraint(["weights_id"], ["weights.id"], name=op.f("fk_submission_weights_weights_id_weights")),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_submission_weights")),
    )
    op.create_index(op.f("ix_submission_weights_weights_id"), "submission_weights", ["weights_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_submission_weights_weights_id"), table_name="submission_weights")
    op.drop_table("submission_weights")
    op.drop_table("weights")
