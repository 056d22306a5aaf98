"""The store: SQLAlchemy lives here and nowhere else.

`database.py` opens it and runs units of work; `work.py` is a unit's view of it; the other modules hold, by noun, the statements that
units use. `apply.py` writes what `desk` decided. `tables.py` is the schema, `migrations/` its history.
"""

from deskd.store.database import Store
from deskd.store.work import Row, Work

__all__ = ["Row", "Store", "Work"]
