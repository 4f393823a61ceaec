"""Open merge requests, and what their note tells."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("iid", sa.Integer, nullable=False),
        sa.Column("told", sa.String(128), nullable=True),
        sa.Column("woken", sa.Integer, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team", "iid"),
    )
    op.create_index("ix_reviews_due", "reviews", ["due_at"])


def downgrade() -> None:
    op.drop_table("reviews")
