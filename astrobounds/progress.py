"""A progress bar on the standard error stream: one line, redrawn at most ten times a second."""

import sys
import time


class Progress:
    """Show how far a long computation is.

    Parameters
    ----------
    total : int
        Number of steps.
    label : str
        What is being computed, shown before the bar.
    show : bool
        Draw nothing when False. On a stream that is not a terminal a line is written every ten
        per cent instead of a redrawn bar.
    done : int
        Steps that were finished by an earlier run.
    """

    width = 28

    def __init__(self, total, label, show=True, done=0, stream=None):
        self.total, self.label, self.show = max(int(total), 1), label, show
        self.done, self._first = int(done), int(done)
        self._stream = stream if stream is not None else sys.stderr
        self._tty = bool(getattr(self._stream, "isatty", lambda: False)())
        self._start = time.monotonic()
        self._drawn, self._decile = 0.0, -1

    def __enter__(self):
        self._draw()
        return self

    def __exit__(self, *exc):
        if self.show and self._tty:
            self._draw(force=True)
            self._stream.write("\n")
            self._stream.flush()

    def update(self, steps=1, note=""):
        """Advance by ``steps`` and show an optional short note."""
        self.done += steps
        self._draw(note)

    def _draw(self, note="", force=False):
        if not self.show:
            return
        now = time.monotonic()
        fraction = min(self.done / self.total, 1.0)
        finished = self.done >= self.total
        if self._tty:
            if not (force or finished) and now - self._drawn < 0.1:
                return
        else:
            decile = int(10 * fraction)
            if decile == self._decile:
                return
            self._decile = decile
        self._drawn = now
        elapsed = now - self._start
        fresh = self.done - self._first
        left = elapsed * (self.total - self.done) / fresh if fresh > 0 else float("nan")
        bar = "#" * int(self.width * fraction) + "-" * (self.width - int(self.width * fraction))
        when = f"{elapsed:.0f} s" if finished or left != left else f"{left:.0f} s left"
        text = f"{self.label} [{bar}] {self.done}/{self.total}, {when} {note}"
        self._stream.write(f"\r{text:<100}" if self._tty else text.rstrip() + "\n")
        self._stream.flush()
