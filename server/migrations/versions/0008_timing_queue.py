"""the queue of timings: which one its author wants first, when one was begun, and by which worker"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("timing_run", sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("timing_run", sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("timing_run", sa.Column("worker", sa.String(length=200), server_default="", nullable=False))
    op.create_index("ix_timing_run_queue_finished", "timing_run", ["queue", "finished_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_timing_run_queue_finished", table_name="timing_run")
    op.drop_column("timing_run", "worker")
    op.drop_column("timing_run", "begun_at")
    op.drop_column("timing_run", "wanted_at")
