"""Runs a program in a terminal, and plays a script of steps from stdin, which is JSON:
{"command": [...], "steps": [...]}. A step is a text that is typed, or {"until": PATTERN},
which waits until the program has printed it since the last text. Prints the results as JSON.
"""

import json
import os
import pty
import re
import select
import sys

LIMIT = 180

request = json.load(sys.stdin)
child, terminal = pty.fork()
if child == 0:
    os.environ["TERM"] = "dumb"
    os.execvp(request["command"][0], request["command"])

output = b""
failure = None


def read():
    """Reads more; False at the end."""
    global output
    ready, _, _ = select.select([terminal], [], [], LIMIT)
    if not ready:
        raise TimeoutError
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        return False
    output += chunk
    return chunk != b""


shown = []
try:
    for step in request["steps"]:
        if isinstance(step, str):
            shown.append(output.decode(errors="replace"))
            output = b""
            os.write(terminal, step.encode())
            continue
        while not re.search(step["until"].encode(), output):
            if not read():
                raise EOFError
    while read():
        pass
except (EOFError, TimeoutError) as error:
    failure = f"{type(error).__name__} after {output!r}"
    os.kill(child, 9)
shown.append(output.decode(errors="replace"))
_, status = os.waitpid(child, 0)
print(json.dumps({"shown": shown, "failure": failure, "status": os.waitstatus_to_exitcode(status)}))
