"""Files in whose place an edit put others"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attachments", sa.Column("origin", sa.String(length=300), nullable=True))
    op.add_column("attachments", sa.Column("until", sa.BigInteger(), nullable=True))
