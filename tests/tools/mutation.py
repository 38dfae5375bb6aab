"""Break the rules one by one and check that a test fails: ./run mutate.

mutmut breaks functions, each in a process that has the other code loaded. This module breaks the
code that mutmut leaves out: module level, class bodies and decorated functions. In patterns it
removes each piece and moves each \\uXXXX by one, while mutmut only changes their case. It writes
into the files, so run it in a copy.
"""

import argparse
import importlib
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from difflib import unified_diff
from fnmatch import fnmatch
from pathlib import Path

import pytest
from mutmut.configuration import config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code

from tests.tools.mutants import left_out

ENOUGH = 0.9

# A mutant that runs forever counts as detected.
SECONDS = 600
KILLED = ("killed", "timeout")

# Other installed plugins, and importing these again, would double the start time.
PLUGINS = ("pytest_django.plugin", "_hypothesis_pytestplugin")
LOADED = ("django.test.client", "factory.django", "hypothesis.stateful", "rest_framework.test")


def break_the_rest(wanted):
    """Test the mutants that mutmut leaves out; return {name: (verdict, difference)}."""
    verdicts = {}
    for path in _files():
        text = path.read_text()
        for name, mutated in left_out(path):
            if _is_wanted(name, wanted):
                path.write_text(mutated)
                try:
                    verdicts[name] = (_verdict(path), _difference(text, mutated))
                finally:
                    path.write_text(text)
                print("\r", len(verdicts), name, verdicts[name][0], end="\033[K", flush=True)
    print()
    return verdicts


def _verdict(path):
    tests = config().pytest_add_cli_args_test_selection
    # The file's own tests first, because they are the likeliest to fail.
    own = [test for test in tests if path.stem in test]
    for some in (own, tests) if own else (tests,):
        ended = _pytest("-x", *some)
        if ended:
            return "timeout" if ended == -signal.SIGALRM else "killed"
    return "survived"


def _pytest(*arguments):
    """Return pytest's exit code, from a process with all libraries loaded."""
    for module in (*PLUGINS, *LOADED):
        importlib.import_module(module)
    child = os.fork()
    if child == 0:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        signal.alarm(SECONDS)
        options = ["-q", *config().pytest_add_cli_args, *arguments]
        os._exit(pytest.main(options, [sys.modules[module] for module in PLUGINS]))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def break_functions(wanted):
    """Run mutmut; return {name: (verdict, difference)}."""
    # One at a time, because they share a database.
    subprocess.run(
        [Path(sys.executable).with_name("mutmut"), "run", "--max-children", "1", *wanted],
        check=True,
    )
    verdicts = {}
    for path in _files():
        data = SourceFileMutationData(path=path)
        data.load()
        for name, code in data.exit_code_by_key.items():
            if _is_wanted(name, wanted):
                status = status_by_exit_code[code]
                shown = "" if status in KILLED else get_diff_for_mutant(name, path=path)
                verdicts[name] = (status, shown)
    return verdicts


def _files():
    return [path for pattern in config().only_mutate for path in sorted(Path().glob(pattern))]


def _is_wanted(name, wanted):
    return not wanted or any(fnmatch(name, pattern) for pattern in wanted)


def _difference(text, mutated):
    return "\n".join(unified_diff(text.splitlines(), mutated.splitlines(), lineterm="", n=0))


def report(title, verdicts):
    """Print the survivors and the counts for each file; return whether enough were detected."""
    for name, (status, difference) in verdicts.items():
        if status not in KILLED:
            changed = re.findall(r"^[-+](?![-+]).*", difference, re.M)
            print(f"{name}: {status}", *changed, sep="\n    ")
    enough = True
    for path in _files():
        module = ".".join(path.with_suffix("").parts)
        counts = Counter(
            status for name, (status, _) in verdicts.items() if name.startswith(f"{module}.")
        )
        if counts:
            share = sum(counts[status] for status in KILLED) / counts.total()
            enough = enough and share >= ENOUGH
            told = ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))
            print(f"{title} of {path}: {told}: {share:.1%} noticed")
    return enough


PASSES = {"functions": break_functions, "rest": break_the_rest}


def main():
    parser = argparse.ArgumentParser(prog="./run mutate", description=__doc__.splitlines()[0])
    parser.add_argument("part", nargs="?", help="functions, rest, or a pattern of both")
    parser.add_argument(
        "mutant", nargs="*", help="such as access.values.timestamps.*; default: all"
    )
    arguments = parser.parse_args()
    parts, wanted = list(PASSES), list(arguments.mutant)
    if arguments.part in PASSES:
        parts = [arguments.part]
    elif arguments.part:
        wanted.insert(0, arguments.part)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    # Two mutants within a second would share the first one's bytecode.
    sys.dont_write_bytecode = True
    if _pytest("--create-db", *config().pytest_add_cli_args_test_selection):
        sys.exit("The tests fail without a mutant already.")
    results = [report(f"The {part}", PASSES[part](wanted)) for part in parts]
    sys.exit(0 if all(results) else f"Less than {ENOUGH:.0%} were noticed.")


if __name__ == "__main__":
    main()
