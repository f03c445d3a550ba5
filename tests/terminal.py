"""Runs a command on a pseudo-terminal, and answers its questions in order.

    terminal.py QUESTION ANSWERS COMMAND…

ANSWERS is a JSON array. Prints the output of the command, and ends with its status.
"""

import json
import os
import pty
import sys

question, answers = sys.argv[1].encode(), json.loads(sys.argv[2])
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[3], sys.argv[3:])
printed, start = b"", 0
while True:
    try:
        part = os.read(terminal, 65536)
    except OSError:  # The command has ended.
        break
    if not part:
        break
    printed += part
    while answers and (at := printed.find(question, start)) >= 0:
        start = at + len(question)
        os.write(terminal, answers.pop(0).encode() + b"\r")
sys.stdout.buffer.write(printed)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
