"""A progress bar on the standard error stream: tqdm on a terminal, lines elsewhere, nothing when quiet."""

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
        Draw nothing when False, or when there is no stream. On a stream that is not a terminal a
        line is written every ten per cent instead of a redrawn bar.
    done : int
        Steps that were finished by an earlier run: the remaining time does not count them.
    stream : file, optional
        The standard error stream by default.
    """

    def __init__(self, total, label, show=True, done=0, stream=None):
        self.total, self.done = max(int(total), 1), int(done)
        self._stream = stream if stream is not None else sys.stderr
        self._label = self._printable(label)
        self._show = bool(show) and self._stream is not None
        self._first, self._start, self._decile = self.done, time.monotonic(), -1
        self._bar = None
        if self._show and getattr(self._stream, "isatty", lambda: False)():
            from tqdm import tqdm

            self._bar = tqdm(
                total=self.total, initial=self.done, desc=self._label, file=self._stream, leave=True,
                dynamic_ncols=True, mininterval=0.1,
                bar_format="{desc} [{bar:28}] {n_fmt}/{total_fmt}, {remaining} left{postfix}",
            )  # fmt: skip

    def __enter__(self):
        self._line()
        return self

    def __exit__(self, *exc):
        if self._bar is not None:
            self._bar.close()

    def update(self, steps=1, note=""):
        """Advance by ``steps`` and show an optional short note."""
        self.done += steps
        if self._bar is not None:
            if note:
                self._bar.set_postfix_str(self._printable(note), refresh=False)
            self._bar.update(steps)
        else:
            self._line(note)

    def _line(self, note=""):
        """Write a line if another tenth is done."""
        decile = int(10 * min(self.done / self.total, 1.0))
        if not self._show or self._bar is not None or decile == self._decile:
            return
        self._decile = decile
        elapsed, fresh = time.monotonic() - self._start, self.done - self._first
        when = f"{elapsed:.0f} s"
        if fresh > 0 and self.done < self.total:
            when = f"{elapsed * (self.total - self.done) / fresh:.0f} s left"
        text = f"{self._label} {self.done}/{self.total}, {when} {self._printable(note)}"
        self._stream.write(text.rstrip() + "\n")
        self._stream.flush()

    def _printable(self, text):
        """Return text that the stream can encode."""
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        return str(text).encode(encoding, "replace").decode(encoding, "replace")
