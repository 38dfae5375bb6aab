"""Compile the translations, or list their faults.

Needs no GNU gettext, except to compare the catalogues with the source.

    python -m tests.tools.translations [compile]
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*(?:![rsa])?\}")


def catalogues():
    return sorted(Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/django.po"))


def compile_all():
    for path in catalogues():
        catalogue = polib.pofile(str(path), wrapwidth=0)
        # Sorted by text and without a date, so that there is a diff only for changed texts.
        catalogue.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
        catalogue.metadata.pop("POT-Creation-Date", None)
        catalogue.save()
        catalogue.save_as_mofile(str(path.with_suffix(".mo")))


def faults():
    """Return a sentence for each fault of a catalogue."""
    found = []
    for path in catalogues():
        entries = polib.pofile(str(path))
        found += [f"{path}: not translated: {one.msgid!r}" for one in entries if not _is_done(one)]
        found += [f"{path}: other placeholders: {one.msgid!r}" for one in entries if _differs(one)]
        if _texts(polib.mofile(str(path.with_suffix(".mo")))) != _texts(entries):
            found.append(f"{path}: not compiled: ./run messages")
        found += [
            f"{path}: missing: {text!r}" for text in sorted(_in_source() - set(_texts(entries)))
        ]
    return found


def _is_done(entry):
    return entry.translated() and not entry.obsolete


def _differs(entry):
    # A singular form may omit its number.
    texts = [(entry.msgid_plural or entry.msgid, text) for text in _all(entry)[-1:]]
    return any(sorted(_held(source)) != sorted(_held(text)) for source, text in texts)


def _held(text):
    return PLACEHOLDER.findall(text)


def _all(entry):
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def _texts(entries):
    return {one.msgid: _all(one) for one in entries}


def _in_source():
    """Return the source's translatable texts, or an empty set without xgettext."""
    if not shutil.which("xgettext"):
        print("catalogues: without GNU gettext, the source is not compared.", file=sys.stderr)
        return set()
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        leave = shutil.ignore_patterns(".*", "tests", "data", "*.mo", "static", "screenshots")
        shutil.copytree(settings.BASE_DIR, tree, ignore=leave)
        command = [sys.executable, "manage.py", "makemessages", "--all", "--no-obsolete"]
        subprocess.run(command, cwd=tree, check=True, stdout=subprocess.DEVNULL)
        made = next(tree.glob("config/locale/*/LC_MESSAGES/django.po"))
        return set(_texts(polib.pofile(str(made))))


if __name__ == "__main__":
    if sys.argv[1:] == ["compile"]:
        compile_all()
    elif wrong := faults():
        sys.exit("\n".join(wrong))
