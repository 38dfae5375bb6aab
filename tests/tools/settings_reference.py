"""Write .env.example and docs/reference/settings.md from the variables that the settings read.

python -m tests.tools.settings_reference
"""

import os
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

from config.environment import VARIABLES
from config.variables import GROUPS

EXAMPLE_HEAD = """\
# The settings of Greenroom and their defaults. ./run settings writes this file.
# systemd (EnvironmentFile=) and compose (env_file:) read such files; ./run reads the environment.
"""
PAGE_HEAD = """\
# Settings

Greenroom reads environment variables when it starts. An empty variable has its default value. A
wrong value stops the start with a message. `.env.example` lists the same variables in a file for
systemd or compose. `./run settings` writes this page.
"""
TABLE_HEAD = "| Variable | Value | Default | Meaning |\n|---|---|---|---|"


def example() -> str:
    """Return the text of .env.example."""
    groups = [
        "\n\n".join([f"# --- {title}", *map(_assignment, names.items())])
        for title, names in GROUPS.items()
    ]
    return "\n\n".join([EXAMPLE_HEAD.strip(), *groups]) + "\n"


def _assignment(described: tuple[str, str]) -> str:
    name, description = described
    variable = VARIABLES[name]
    lines = [description]
    if variable.kind != "text":
        lines.append(f"Value: {variable.kind}.")
    if variable.derived:
        lines.append(f"Default: {variable.derived}.")
    comment = "".join(f"# {line}\n" for line in lines)
    return f"{comment}#{name}={variable.default}"


def page() -> str:
    """Return the text of docs/reference/settings.md."""
    groups = [
        "\n".join([f"## {title}\n", TABLE_HEAD, *map(_row, names.items())])
        for title, names in GROUPS.items()
    ]
    return "\n\n".join([PAGE_HEAD.strip(), *groups]) + "\n"


def _row(described: tuple[str, str]) -> str:
    name, description = described
    variable = VARIABLES[name]
    default = f"`{variable.default}`" if variable.default else variable.derived or "none"
    return f"| `{name}` | {variable.kind} | {default} | {description} |"


def files() -> dict[Path, str]:
    """Return the text of each file that is made from the settings."""
    return {
        settings.BASE_DIR / ".env.example": example(),
        settings.BASE_DIR / "docs/reference/settings.md": page(),
    }


if __name__ == "__main__":
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
