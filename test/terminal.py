"""Runs a program on a terminal of its own and types an answer at its question: terminal.py ANSWER PROGRAM WORD..."""
import os
import pty
import sys

answer, command = sys.argv[1].encode(), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(command[0], command)
shown, asked = b"", False
while True:
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        break
    if not chunk:
        break
    shown += chunk
    if b"[y/N] " in shown and not asked:
        asked = True
        os.write(terminal, answer)
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1)
