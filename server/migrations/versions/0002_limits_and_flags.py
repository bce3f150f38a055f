"""the limit that a check reached, how many places of a submission are flagged for the staff"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("submission", sa.Column("flags", sa.Integer(), server_default="0", nullable=False))
    op.add_column("check_record", sa.Column("limit", sa.String(length=20), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("check_record", "limit")
    op.drop_column("submission", "flags")
