"""Links, changes, asks, messages and cursors."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _at(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _word(name: str, length: int, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def upgrade() -> None:
    _people()
    _changes()
    _asks_and_messages()


def _people() -> None:
    op.create_table(
        "persons",
        _word("slack_user_id", 64),
        sa.Column("gitlab_user_id", sa.Integer, nullable=False),
        _word("gitlab_username", 255),
        _word("name", 255),
        _word("directory_uid", 255),
        sa.Column("memberships", sa.JSON, nullable=False),
        _at("memberships_at", nullable=True),
        _at("linked_at"),
        sa.PrimaryKeyConstraint("slack_user_id"),
        sa.UniqueConstraint("gitlab_user_id"),
    )
    op.create_table(
        "grants",
        _word("slack_user_id", 64),
        sa.Column("sealed", sa.Text, nullable=False),
        _at("expires_at"),
        sa.Column("version", sa.Integer, nullable=False),
        _at("leased_until", nullable=True),
        sa.PrimaryKeyConstraint("slack_user_id"),
        sa.ForeignKeyConstraint(["slack_user_id"], ["persons.slack_user_id"], ondelete="CASCADE"),
    )
    op.create_table(
        "link_attempts",
        _word("id", 64),
        _word("slack_user_id", 64),
        _word("channel", 64),
        _word("stage", 16),
        _word("browser", 64, nullable=True),
        _word("state", 64, nullable=True),
        _word("nonce", 64, nullable=True),
        _word("verifier", 128, nullable=True),
        _at("expires_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("state"),
    )


def _changes() -> None:
    op.create_table(
        "changes",
        _word("id", 16),
        _word("origin", 255),
        _word("author", 64),
        _word("channel", 64),
        _word("team", 64),
        _word("dag_name", 128),
        sa.Column("draft", sa.JSON, nullable=False),
        sa.Column("merge_request", sa.Integer, nullable=True),
        _word("stage", 16),
        sa.Column("view", sa.JSON, nullable=True),
        sa.Column("hindrance", sa.Text, nullable=True),
        sa.Column("final", sa.Boolean, nullable=False),
        _at("due_at"),
        sa.Column("woken", sa.Integer, nullable=False),
        _at("leased_until", nullable=True),
        _at("created_at"),
        _at("changed_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("origin"),
    )
    op.create_index("ix_changes_due", "changes", ["final", "due_at"])
    op.create_index("ix_changes_merge_request", "changes", ["team", "merge_request"])


def _asks_and_messages() -> None:
    op.create_table(
        "asks",
        _word("id", 32),
        _word("key", 255),
        _word("kind", 32),
        _word("person", 64),
        sa.Column("payload", sa.JSON, nullable=False),
        _word("state", 16),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("outcome", sa.Text, nullable=True),
        _at("due_at"),
        _at("leased_until", nullable=True),
        _at("created_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_asks_due", "asks", ["state", "due_at"])
    op.create_table(
        "messages",
        _word("key", 255),
        _word("channel", 64),
        _word("ts", 32, nullable=True),
        _word("digest", 64, nullable=True),
        _at("intended_at"),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "cursors",
        _word("name", 64),
        _at("at"),
        _at("leased_until", nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "reported_runs",
        _word("dag_id", 250),
        _word("run_id", 250),
        _at("ended_at"),
        _word("state", 16),
        sa.PrimaryKeyConstraint("dag_id", "run_id", "ended_at"),
    )
    op.create_table(
        "documents",
        _word("name", 64),
        sa.Column("text", sa.Text, nullable=False),
        _at("read_at"),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    for table in (
        "documents",
        "reported_runs",
        "cursors",
        "messages",
        "asks",
        "changes",
        "link_attempts",
        "grants",
        "persons",
    ):
        op.drop_table(table)
