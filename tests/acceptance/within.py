#!/usr/bin/env python3
"""Run a command, say how long it took and how much memory it held, and fail when that is more than it may.

usage: within.py SECONDS MEBIBYTES COMMAND [ARGUMENT ...]

Exit status: the command's own when that is not 0, else 1 when a limit was passed. Memory is the largest resident set of the
command or of one of its children.
"""
import resource, subprocess, sys, time

if len(sys.argv) < 4:
    sys.exit(__doc__)
seconds, mebibytes, command = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
began = time.monotonic()
status = subprocess.run(command, stdin=subprocess.DEVNULL).returncode
took = time.monotonic() - began
used = resource.getrusage(resource.RUSAGE_CHILDREN)
held = used.ru_maxrss // 1024
work = f"{used.ru_utime:.1f} s of user and {used.ru_stime:.1f} s of system time"
print(f"{took:.1f} s of {seconds:g}, {held} MiB of {mebibytes}; {work}: {' '.join(command)}", flush=True)
sys.exit(status or (took > seconds or held > mebibytes))
