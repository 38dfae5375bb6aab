"""The refused rows of a job: equal faults in one line, and a file of the rows of an import."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext

from rooms.bulk.csv_files import CsvRow
from rooms.bulk.sheets import write_refused
from rooms.changes.validation import FIELDS
from rooms.display.values import label
from rooms.models.job import Job
from rooms.models.job_row import JobRow
from rooms.pages.jobs.counts import with_number


@dataclass
class FaultGroup:
    """Faults of one kind: their fields, their number, and the first of them."""

    line: int | None
    sentence: str
    number: int = 0
    fields: dict[str, None] = field(default_factory=dict)

    @property
    def words(self) -> str:
        labels = ", ".join(label(name) for name in self.fields)
        count = with_number(ngettext("{number} fault", "{number} faults", self.number), self.number)
        if self.line is None:
            words = gettext("{fields}: {count}, for example: {sentence}")
        else:
            words = gettext("{fields}: {count}, for example in row {row}: {sentence}")
        return words.format(fields=labels, count=count, row=self.line, sentence=self.sentence)


def fault_groups(rows: Iterable[tuple[int | None, list[list[str]]]]) -> list[FaultGroup]:
    """Return the faults of (line, faults) by code and type of field, the largest group first."""
    groups: dict[tuple[str, str], FaultGroup] = {}
    for line, faults in rows:
        for name, sentence, code in faults:
            key = (code, type(FIELDS[name]).__name__ if name in FIELDS else name)
            group = groups.setdefault(key, FaultGroup(line, sentence))
            group.number += 1
            group.fields[name] = None
    return sorted(groups.values(), key=lambda group: -group.number)


def refused_rows(job: Job, rows: QuerySet[JobRow]) -> Iterator[str]:
    """Yield the refused rows of an import as a file in its own format."""
    sent = (
        (CsvRow.from_json(row.sent).record, [sentence for _name, sentence, _code in row.faults])
        for row in rows.iterator(chunk_size=500)
    )
    return write_refused(job.request["header"], job.request["delimiter"], sent)
