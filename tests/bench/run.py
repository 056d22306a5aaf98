"""What all parts of a run share: how much to send, where to work, which database to use."""

import itertools
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.postgres import PostgresCluster


@dataclass(slots=True)
class Run:
    """`scale`: 1 is what the table in the documentation was made with; less is faster and says less."""

    folder: Path
    scale: float = 1.0
    rules: int = 100
    tickets: int = 100_000
    rounds: int = 2
    cluster: PostgresCluster | None = None
    _labels: "itertools.count[int]" = field(default_factory=itertools.count)

    def mails(self, count: int) -> int:
        return max(100, int(count * self.scale))

    def label(self) -> str:
        """A word for a set of mails that no other set of this run has."""
        return f"bench{next(self._labels)}"

    def desk_folder(self) -> Path:
        """A new folder for a desk."""
        return Path(tempfile.mkdtemp(prefix="desk", dir=self.folder))

    def sqlite(self) -> str:
        """The address of a database that isn't there yet."""
        return f"sqlite:///{self.desk_folder() / 'desk.db'}"

    def postgres(self) -> str:
        """The address of a new, empty database."""
        assert self.cluster is not None
        return self.cluster.create_database()
