"""The bar: nothing when quiet, lines when not a terminal, one line that fits on a terminal."""

import io
import sys
import time

import pytest

from astrobounds.progress import Progress


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


class Ascii(io.StringIO):
    encoding = "ascii"

    def write(self, text):
        text.encode("ascii")
        return super().write(text)


class AsciiTerminal(Ascii, Terminal):
    encoding = "ascii"


def work(stream, show=True, done=0, label="bounds"):
    with Progress(200, label, show, done, stream) as bar:
        for i in range(200 - done):
            bar.update(1, f"tau = {i}")
    return stream.getvalue()


def test_nothing_when_quiet(capsys):
    assert work(io.StringIO(), show=False) == work(Terminal(), show=False) == ""
    assert capsys.readouterr() == ("", "")


def test_a_line_each_tenth_where_there_is_no_terminal():
    lines = work(io.StringIO()).splitlines()
    assert len(lines) == 11
    assert lines[0].startswith("bounds 0/200")
    assert lines[-1].startswith("bounds 200/200")
    assert "\r" not in "".join(lines)


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals of Unix")
@pytest.mark.parametrize("width", [30, 60, 200])
def test_a_terminal_gets_one_line_that_fits(width):
    import fcntl
    import os
    import struct
    import termios

    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    with open(slave, "w", encoding="utf-8") as stream:
        with Progress(200, "a label of forty letters, more or less --", stream=stream) as bar:
            for _ in range(200):
                bar.update(1, "tau = 12")
        data = b""
        while b"\n" not in data:  # the end of the bar
            data += os.read(master, 100_000)
        text = data.decode()
    os.close(master)
    assert text.count("\n") == 1
    parts = text.replace("\n", "").split("\r")
    assert max(map(len, parts)) <= width
    if width == 200:
        assert "200/200" in parts[-2]


def test_what_was_done_before_does_not_count_for_the_time_left(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    stream = io.StringIO()
    with Progress(100, "scan", done=50, stream=stream) as bar:
        for _ in range(25):
            clock[0] += 1.0
            bar.update()
    line = stream.getvalue().splitlines()[-1]
    assert line.startswith("scan 70/100, 30 s left")


@pytest.mark.parametrize("kind", [Ascii, AsciiTerminal])
def test_a_terminal_that_knows_ascii_only(kind):
    assert "200/200" in work(kind(), label="Grenzen für ντ")


def test_no_stream_at_all(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    with Progress(10, "bounds") as bar:
        bar.update(10)
    assert bar.done == 10
