"""Addresses from which a mail came back"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("identities", sa.Column("undelivered", sa.Text(), nullable=True))
