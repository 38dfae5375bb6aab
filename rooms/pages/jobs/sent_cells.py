"""The cells of an imported file beside the values that were read from them."""

import dataclasses
from typing import Any

from rooms.bulk.csv_files import CsvRow
from rooms.bulk.sheets import columns_of_titles
from rooms.models.job import Job
from rooms.models.job_row import JobRow
from rooms.pages.jobs.wording import SummaryLine
from rooms.rules.join_policy import SCHEDULE


class SentCells:
    """The columns of a job's file."""

    def __init__(self, job: Job) -> None:
        names = columns_of_titles(job.request.get("header", []))
        self.columns = {name: names.index(name) for name in SCHEDULE if name in names}

    def added_to(self, lines: list[SummaryLine], row: JobRow) -> list[SummaryLine]:
        """Return the lines of a row, each time with the cell that it was read from."""
        if not self.columns or not row.sent:
            return lines
        record = CsvRow.from_json(row.sent).record
        return [self._with_cell(line, record) for line in lines]

    def _with_cell(self, line: SummaryLine, record: list[Any]) -> SummaryLine:
        column = self.columns.get(line.name)
        return line if column is None else dataclasses.replace(line, cell=record[column])
