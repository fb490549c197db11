"""Types lines into a shell on a terminal of its own, and says what became of them: tab.py FOLDER SHELL WORD...

Lines come as JSON on standard input, each a list of what is typed before each Tab and after the last. FOLDER/bin/stage writes what the
shell asks on Tab to FOLDER/asked, and what a line runs to FOLDER/ran; both are told as JSON, a pair for each line.
"""
import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time

folder, command = sys.argv[1], sys.argv[2:]
lines = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
shown = b""


def read_for(seconds, until=None):
    """Reads until something holds, at most so long; a shell that nobody reads would stop."""
    global shown
    end = time.monotonic() + seconds
    while time.monotonic() < end and not (until and until()):
        if select.select([terminal], [], [], 0.02)[0]:
            try:
                shown += os.read(terminal, 65536)
            except OSError:
                return


def held(name):
    try:
        with open(os.path.join(folder, name)) as file:
            return file.read()
    except FileNotFoundError:
        return ""


def complete(name):
    return held(name).endswith("\0end\0")


def run(parts):
    global shown
    for name in ("asked", "ran"):
        with open(os.path.join(folder, name), "w"):
            pass
    for part in parts[:-1]:
        with open(os.path.join(folder, "asked"), "w"):
            pass
        os.write(terminal, part.encode() + b"\t")
        read_for(15, lambda: complete("asked"))
        read_for(0.1)
    # Ctrl-C leaves the line without running it.
    is_left = parts[-1].endswith("\x03")
    os.write(terminal, parts[-1].encode() + (b"" if is_left else b"\r"))
    shown = b""
    read_for(0.2 if is_left else 15, lambda: complete("ran"))
    read_for(0.1)
    return [held(name).split("\0")[:-2] for name in ("asked", "ran")]


read_for(20, lambda: b"READY>" in shown)
read_for(0.5)
results = []
for parts in lines:
    results.append(run(parts))
os.write(terminal, b"exit\r")
read_for(1)
os.close(terminal)
json.dump(results, sys.stdout)
