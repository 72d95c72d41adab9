"""A child process for proof attempts: sympy may hang, and then only killing it helps.

One child serves many attempts (importing sympy costs half a second); it is replaced after it was killed.
"""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
import threading


class TimedOut(Exception):
    """The attempt exceeded its limit and was killed."""


class Prover:
    """Calls functions in a child process, each within a time limit."""

    def __init__(self):
        self._child: subprocess.Popen | None = None
        self._owner = os.getpid()
        atexit.register(self.close)

    def call(self, function, *args, limit: float):
        """function(*args), computed in the child.

        Parameters
        ----------
        function : callable
            A module-level function (it is sent by name).
        limit : float
            Seconds of wall time; be generous, since the machine may be busy.

        Raises
        ------
        TimedOut
            If it took longer; the child is killed.
        """
        if self._owner != os.getpid():  # after a fork the child belongs to the other process
            self._child, self._owner = None, os.getpid()
        if self._child is None or self._child.poll() is not None:
            self.close()
            command = [sys.executable, "-c", f"from {__name__} import serve; serve()"]
            self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self._receive(60)  # its greeting: the imports are over, so they do not count as proof time
        pickle.dump((function, args), self._child.stdin)
        self._child.stdin.flush()
        return self._receive(limit)

    def _receive(self, limit):
        child = self._child
        timer = threading.Timer(limit, child.kill)
        timer.start()
        try:
            return pickle.load(child.stdout)
        except (EOFError, pickle.UnpicklingError):
            self.close()
            raise TimedOut(f"no answer within {limit:g} s") from None
        finally:
            timer.cancel()
            timer.join()

    def close(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.stdin.close()
            child.stdout.close()
            child.wait()


def serve() -> None:
    """Loop of the child: read a call, answer its result, or None where it raised."""
    import theorylab.theory.proofs  # noqa: F401

    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever sympy prints must not mix with the answers
    pickle.dump("ready", answers)
    answers.flush()
    while True:
        try:
            function, args = pickle.load(requests)
        except EOFError:
            return
        try:
            answer = function(*args)
        except Exception:  # a rule that raises has not proved anything; sympy raises nearly every kind
            answer = None
        pickle.dump(answer, answers)
        answers.flush()
