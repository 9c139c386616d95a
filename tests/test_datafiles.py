"""Only regular local files are read, whatever is given for a path."""

import os
import sys

import pytest

import astrobounds as ab
from astrobounds.datafiles import local_file, read_ecsv, read_text
from astrobounds.errors import AstroboundsError, ConfigError, DataError


def test_a_regular_file_is_found_also_through_a_link_and_a_tilde(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("x")
    (tmp_path / "link").symlink_to(path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for given in (path, str(path), tmp_path / "link", "~/a.txt"):
        assert read_text(given) == "x"


@pytest.mark.parametrize("given", [
    "http://example.org/a.ecsv", "https://example.org/a.ecsv", "ftp://x/a", "file:///etc/passwd",
    "s3://bucket/key", "", "  ", "a\0b", 3, None, b"a.txt", [1], 2.5, object(),
])  # fmt: skip
def test_what_is_no_path_is_refused(given):
    with pytest.raises(ConfigError, match=r"not a path|address"):
        local_file(given, "curve file")


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes in the file system")
def test_folders_pipes_and_devices_are_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.ecsv")
    for given, word in ((tmp_path, "folder"), (tmp_path / "pipe.ecsv", "pipe"), ("/dev/zero", "device")):
        with pytest.raises(DataError, match=word):
            local_file(given)
    with pytest.raises(DataError, match="pipe"):
        ab.lab.load(tmp_path / "pipe.ecsv")
    with pytest.raises(DataError, match="pipe"):
        read_ecsv(tmp_path / "pipe.ecsv")


def test_missing_large_and_binary_files_are_refused(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        local_file(tmp_path / "nothing")
    with pytest.raises(DataError, match="no such file"):
        local_file(tmp_path / "a" / "b")
    with pytest.raises(DataError, match="cannot be read"):
        local_file("x" * 5000)
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xff\xfe\x00" * 10)
    with pytest.raises(DataError, match="30 bytes, more than the 20"):
        local_file(path, limit=20)
    with pytest.raises(DataError, match="UTF-8"):
        read_text(path)


def test_addresses_never_reach_the_network(monkeypatch):
    """Neither a curve nor a list of curves nor an option of the constraint opens a connection."""
    import socket

    def never(*args, **kwargs):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", never)
    for name in ("http://localhost:9/a.ecsv", "https://localhost/a.ecsv"):
        for call in (
            lambda n: ab.lab.load(n), lambda n: ab.lab.LabLikelihood([n]),
            lambda n: ab.constraints.get("lab", curves=[n]), lambda n: ab.published.load(n),
            lambda n: ab.gamma.instrument(n), lambda n: read_ecsv(n),
        ):  # fmt: skip
            with pytest.raises(AstroboundsError, match="address"):
                call(name)
