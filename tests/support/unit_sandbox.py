"""Run the program of a unit file under the restrictions of the unit, without systemd.

    python -m tests.support.unit_sandbox docs/deploy/greenroom.service

These are the restrictions that could break the program: system calls, address families, no writable
memory that is executable, no capabilities, umask and open files. libseccomp, on which systemd
depends, applies the first two.
"""

import ctypes
import os
import resource
import socket
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

from tests.support.server import ROOT

ALLOW, REFUSE = 0x7FFF0000, 0x00050001
EQUAL = 4
# Options of prctl(2).
SET_NO_NEW_PRIVILEGES, DROP_CAPABILITY, SET_MDWE = 38, 24, 65
CAPABILITIES = 41
LIBRARY = "libseccomp.so.2"


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


def command_of(service):
    """Return the command of the unit with the Python and the folder of the tests."""
    words = service["ExecStart"].split()
    return [sys.executable if words[0].endswith("/python") else words[0], *words[1:]]


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
    _filter(calls, service["RestrictAddressFamilies"].split())


def _filter(calls, families):
    library = ctypes.CDLL(LIBRARY)
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(REFUSE))
    for name in calls - {"socket"}:
        number = library.seccomp_syscall_resolve_name(name.encode())
        # Other architectures have other calls.
        if number >= 0:
            _check(library.seccomp_rule_add_array(context, ALLOW, number, 0, None))
    number = library.seccomp_syscall_resolve_name(b"socket")
    for family in families:
        argument = _Argument(0, EQUAL, getattr(socket, family), 0)
        added = library.seccomp_rule_add_array(context, ALLOW, number, 1, ctypes.byref(argument))
        _check(added)
    _check(library.seccomp_load(context))


def _check(code):
    if code:
        raise OSError(ctypes.get_errno() or -code, "The kernel refuses the restriction.")


if __name__ == "__main__":
    os.chdir(ROOT)
    found = service_of(Path(sys.argv[1]))
    words = command_of(found)
    restrict(found)
    os.execvp(words[0], words)  # noqa: S606 - no shell is needed
