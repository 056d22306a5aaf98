"""What all tables share: their metadata and the types that both drivers take as they are."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives a table a real rowid only for INTEGER; PostgreSQL wants the width.
Id = BigInteger().with_variant(Integer(), "sqlite")
Micros = BigInteger


def identity() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)
