"""Run the program of a unit file under the restrictions of the unit, without systemd.

    python -m tests.support.unit_sandbox docs/deploy/greenroom.service [COMMAND …]

These are the restrictions that could break the program: system calls, address families, namespaces,
no writable memory that is executable, no capabilities, umask and open files. libseccomp, on which
systemd depends, applies the first three. COMMAND replaces that of the unit.
"""

import ctypes
import errno
import os
import resource
import shutil
import socket
import subprocess
import sys
from configparser import ConfigParser
from contextlib import suppress
from pathlib import Path

from tests.support.server import ROOT

ALLOW, REFUSE = 0x7FFF0000, 0x00050001
# glibc calls clone() only where the kernel has no clone3(), whose flags a filter cannot read.
UNKNOWN = 0x00050000 | errno.ENOSYS
EQUAL, MASKED_EQUAL = 4, 7
# Options of prctl(2).
SET_NO_NEW_PRIVILEGES, DROP_CAPABILITY, SET_MDWE = 38, 24, 65
CAPABILITIES = 41
LIBRARY = "libseccomp.so.2"
# Flags of clone(2) by their names in RestrictNamespaces.
NAMESPACES = {
    "cgroup": 0x02000000,
    "ipc": 0x08000000,
    "net": 0x40000000,
    "mnt": 0x00020000,
    "pid": 0x20000000,
    "user": 0x10000000,
    "uts": 0x04000000,
}


class _Argument(ctypes.Structure):
    """struct scmp_arg_cmp of libseccomp."""

    _fields_ = (
        ("number", ctypes.c_uint),
        ("operation", ctypes.c_int),
        ("value", ctypes.c_uint64),
        ("mask", ctypes.c_uint64),
    )


def service_of(unit):
    """Return the section [Service] of a unit file as a dictionary."""
    parser = ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str
    parser.read_string(unit.read_text())
    return dict(parser["Service"])


def can_restrict():
    """Return whether this machine has what the restrictions need."""
    with suppress(OSError):
        return bool(shutil.which("systemd-analyze") and ctypes.CDLL(LIBRARY))
    return False


def restricted(unit, *command):
    """Return a command that runs another one under the restrictions of a unit."""
    return [sys.executable, "-m", "tests.support.unit_sandbox", str(unit), *map(str, command)]


def command_of(service):
    """Return the command of the unit with the Python of the tests."""
    words = service["ExecStart"].split()
    return [sys.executable if word.endswith("/python") else word for word in words]


def calls_of(group):
    """Return the system calls of a group such as @system-service."""
    text = subprocess.run(
        ["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True
    ).stdout
    words = {line.strip() for line in text.splitlines()[1:]} - {""}
    nested = {word for word in words if word.startswith("@")}
    plain = {word for word in words if word[0] not in "@#"}
    return plain.union(*map(calls_of, nested))


def restrict(service):
    """Apply the restrictions to this process and its children."""
    os.umask(int(service["UMask"], 8))
    if "LimitNOFILE" in service:
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        limit = min(int(service["LimitNOFILE"]), most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    calls = calls_of("@default") | calls_of(service["SystemCallFilter"])
    system = ctypes.CDLL(None, use_errno=True)
    if service["CapabilityBoundingSet"] == "" and os.geteuid() == 0:
        for number in range(CAPABILITIES):
            _check(system.prctl(DROP_CAPABILITY, number, 0, 0, 0))
    _check(system.prctl(SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    if service["MemoryDenyWriteExecute"] == "true":
        _check(system.prctl(SET_MDWE, 1, 0, 0, 0))
    allowed = set(service["RestrictNamespaces"].split()) - {"true"}
    refused = sum(flag for name, flag in NAMESPACES.items() if name not in allowed)
    _filter(calls, service["RestrictAddressFamilies"].split(), refused)


class _Filter:
    """A filter of libseccomp that refuses what no rule allows."""

    def __init__(self):
        self._library = ctypes.CDLL(LIBRARY)
        self._library.seccomp_init.restype = ctypes.c_void_p
        self._context = ctypes.c_void_p(self._library.seccomp_init(REFUSE))

    def rule(self, call, action=ALLOW, argument=None):
        number = self._library.seccomp_syscall_resolve_name(call.encode())
        # Other architectures have other calls.
        if number >= 0:
            found = ctypes.byref(argument) if argument else None
            count = int(argument is not None)
            add = self._library.seccomp_rule_add_array
            _check(add(self._context, action, number, count, found))

    def load(self):
        _check(self._library.seccomp_load(self._context))


def _filter(calls, families, namespaces):
    """Load a filter for calls, address families of sockets, and refused flags of namespaces."""
    rules = _Filter()
    for call in calls - {"socket", "clone", "clone3", "setns", "unshare"}:
        rules.rule(call)
    for family in families:
        rules.rule("socket", argument=_Argument(0, EQUAL, getattr(socket, family), 0))
    for call in ("clone", "unshare"):
        rules.rule(call, argument=_Argument(0, MASKED_EQUAL, namespaces, 0))
    rules.rule("clone3", UNKNOWN)
    rules.load()


def _check(code):
    if code:
        raise OSError(ctypes.get_errno() or -code, "The kernel refuses the restriction.")


if __name__ == "__main__":
    os.chdir(ROOT)
    found = service_of(Path(sys.argv[1]))
    words = sys.argv[2:] or command_of(found)
    restrict(found)
    os.execvp(words[0], words)  # noqa: S606 - no shell is needed
