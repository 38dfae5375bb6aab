"""A full disk: the mixer waits for space, and no attempt is used up."""

import errno


def is_disk_full(fault: Exception) -> bool:
    return isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT)
