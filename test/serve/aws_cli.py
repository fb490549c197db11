"""Runs the AWS CLI's commands that come on stdin, a JSON list of lists of words, each as `aws` would, in this one process.

Prints of each its exit code and what it wrote. A process a command would take a second each.
"""

import contextlib
import io
import json
import sys

from awscli.clidriver import create_clidriver


class Text(io.TextIOWrapper):
    """A stream that the AWS CLI may write text or bytes to."""

    def __init__(self):
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)

    def text(self):
        return self.buffer.getvalue().decode("utf-8")


def run(words):
    stdout, stderr = Text(), Text()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        try:
            code = create_clidriver().main(words)
        except SystemExit as exit:
            code = exit.code
    return {"code": code, "stdout": stdout.text(), "stderr": stderr.text()}


json.dump([run(words) for words in json.load(sys.stdin)], sys.stdout)
