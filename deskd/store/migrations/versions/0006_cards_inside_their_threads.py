"""Cards that stand inside the thread they head, as in Telegram's topics"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("anchors", sa.Column("card", sa.String(length=100), nullable=True))
