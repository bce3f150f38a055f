"""what of an upload was left out, told to the student on the submission's page"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("submission", sa.Column("notes", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("submission", "notes")
