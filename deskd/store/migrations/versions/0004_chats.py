"""What the desk remembers of chats, and the codes that show whose an address is"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "chats",
        sa.Column("channel", sa.String(length=100), nullable=False),
        sa.Column("chat", sa.String(length=200), nullable=False),
        sa.Column("memory", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "chat", name=op.f("pk_chats")),
    )
    op.create_table(
        "link_codes",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("contact_id", _ID, nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("chat", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_link_codes_contact_id_contacts")
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_link_codes")),
    )
    op.create_index(op.f("ix_link_codes_contact_id"), "link_codes", ["contact_id"])
    op.create_index(op.f("ix_link_codes_chat"), "link_codes", ["chat"])
