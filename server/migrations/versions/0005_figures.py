"""what a check shows: the figures of every check, and those of the check that goes on"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempt", sa.Column("running", sa.JSON(), nullable=True))
    op.add_column("check_record", sa.Column("figures", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("check_record", "figures")
    op.drop_column("attempt", "running")
