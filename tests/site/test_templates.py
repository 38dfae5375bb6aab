"""Templates: what the formatter leaves to their authors."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "templates"
COLUMNS = 120


def test_lines_fit_into_120_columns():
    too_long = [
        f"{path.relative_to(FOLDER)}:{number}"
        for path in sorted(FOLDER.rglob("*.html"))
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if len(line) > COLUMNS
    ]

    assert too_long == []
