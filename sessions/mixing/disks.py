"""A full disk: the mixer waits for space, and no attempt is used up."""

import errno


class DiskFull(Exception):
    """There is no space for the film."""


def is_disk_full(fault: OSError) -> bool:
    return fault.errno in (errno.ENOSPC, errno.EDQUOT)
