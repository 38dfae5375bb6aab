"""Measure the CPU time of staff pages, for the table in docs/performance.md: ./run bench pages."""

import tempfile

from tests.tools.bench.rivals import STOCK_SETTINGS, run_python

MEASURED = (
    ("tests.tools.bench.greenroom_pages", {"DJANGO_SETTINGS_MODULE": "config.settings"}),
    ("tests.tools.bench.stock.pages", STOCK_SETTINGS),
)


def main(only=""):
    """Print a row for each page whose name contains `only`.

    Each application has its own process; both use one SQLite database.
    """
    print("| page | CPU ms | SQL | bytes |\n|---|--:|--:|--:|", flush=True)
    with tempfile.TemporaryDirectory(prefix="greenroom-pages-") as folder:
        env = {
            **{"GREENROOM_DATA": folder, "DATABASE_URL": f"sqlite:///{folder}/pages.sqlite3"},
            **{"SECRET_KEY": "b" * 64, "ALLOWED_HOSTS": "localhost"},
            **{"DEBUG": "false", "HTTPS": "false"},
        }
        for module, settings in MEASURED:
            run_python({**env, **settings}, "-m", "tests.tools.bench.page_times", module, only)
    return 0
