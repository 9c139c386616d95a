"""The run file: one HDF5 file that survives being killed at any moment.

HDF5 itself does not: a process killed while it writes leaves a file no reader opens. So the HDF5 file
is only ever replaced whole (written beside, then renamed), and what happens between two such
checkpoints goes to an append-only journal of checksummed records. A kill loses at most the record
being written. The file carries a digest of its content, so that damage is noticed, never repaired.
"""

import fcntl
import hashlib
import json
import os
import struct
import zlib
from pathlib import Path

import numpy as np

from ..errors import ConfigError, DataError

FORMAT = "astrobounds-run-1"
_BLOCK = 512  # bytes before the HDF5 data, where the digest stands
_MAGIC = b"ABj2"
_HEADER = struct.Struct("<4sQII")  # magic, size, checksum of the payload, checksum of the header
_LOCKS = set()  # held by this process; forked workers must let go of them


def release_locks():
    """Close the locks a forked worker inherited, so that they end with the process that took them."""
    for lock in list(_LOCKS):
        lock.close()
    _LOCKS.clear()


def _header(payload):
    start = struct.pack("<4sQI", _MAGIC, len(payload), zlib.crc32(payload))
    return start + struct.pack("<I", zlib.crc32(start))


def _digest(path):
    sha = hashlib.sha256()
    with open(path, "rb") as stream:
        stream.seek(_BLOCK)
        while chunk := stream.read(1 << 20):
            sha.update(chunk)
    return b"astrobounds sha256 " + sha.hexdigest().encode()


class RunFile:
    """Arrays and attributes in one HDF5 file plus a journal.

    Parameters
    ----------
    path : path
        ``run.h5``; the journal is ``run.h5.journal``.
    fingerprint : dict
        JSON-able description of the configuration. A file of another configuration is refused.

    Attributes
    ----------
    arrays : dict of str -> ndarray
        Content, keys like ``"scan/loglike/lab"``.
    attrs : dict
        JSON-able attributes per group, ``{"scan": {...}}``.

    Raises
    ------
    DataError
        If the file is damaged, foreign or of another configuration.
    ConfigError
        If another process writes the file.
    """

    def __init__(self, path, fingerprint):
        self.path = Path(path)
        self.fingerprint = json.loads(json.dumps(fingerprint))
        self.arrays, self.attrs = {}, {}
        self.epoch = 0
        self._records = []
        self.journal_path = self.path.with_name(self.path.name + ".journal")
        if self.path.parent != Path("") and not self.path.parent.is_dir():
            raise ConfigError(f"the folder of {self.path} does not exist: create it first")
        self._lock = self._acquire()
        try:
            if self.path.exists():
                self._load()
            self._open_journal()
        except BaseException:
            self.close()
            raise

    def _acquire(self):
        name = self.path.with_name(self.path.name + ".lock")
        while True:
            try:
                lock = open(name, "w")
            except OSError as error:
                raise ConfigError(f"cannot write beside {self.path}: {error.strerror}") from None
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                same = os.fstat(lock.fileno()).st_ino == os.stat(name).st_ino
            except FileNotFoundError:
                same = False  # removed by the process that just finished: take a new one
            except OSError:
                lock.close()
                raise ConfigError(f"{self.path} is being written by another process") from None
            if same:
                _LOCKS.add(lock)
                return lock
            lock.close()

    # -- reading ---------------------------------------------------------------------------------
    def _load(self):
        content = read_run(self.path)
        if content["fingerprint"] != self.fingerprint:
            raise DataError(
                f"{self.path} belongs to another configuration ("
                f"{_difference(content['fingerprint'], self.fingerprint)}); move it away or choose "
                "another output name"
            )
        self.arrays, self.attrs = content["arrays"], content["attrs"]
        self.epoch = content["epoch"]

    def _open_journal(self):
        """Replay the journal of this epoch and keep it open for appending."""
        if self.journal_path.exists():
            data = self.journal_path.read_bytes()
            header, records, used = _parse_journal(data, self.journal_path)
            current = header == self._journal_header()
            if header and not current and header["fingerprint"] != self.fingerprint:
                raise DataError(
                    f"{self.journal_path} belongs to another configuration; move it away"
                )
            if current:
                self._records = records
                self._journal = open(self.journal_path, "r+b")
                self._journal.truncate(used)
                self._journal.seek(used)
                return
        self._new_journal()

    def _journal_header(self):
        return {"epoch": self.epoch, "fingerprint": self.fingerprint}

    def _new_journal(self):
        self._journal = open(self.journal_path, "wb")
        self._write(json.dumps(self._journal_header()).encode())
        self._records = []

    # -- writing ---------------------------------------------------------------------------------
    def _write(self, payload):
        try:
            self._journal.write(_header(payload) + payload)
            self._journal.flush()
        except OSError as error:
            raise DataError(
                f"cannot write {self.journal_path}: {error.strerror}; everything before this step "
                "is safe, free some space and run again"
            ) from None

    def append(self, kind, meta, **arrays):
        """Append one record (atomic up to the last one) to the journal."""
        layout = [(k, str(a.dtype), a.shape) for k, a in arrays.items()]
        head = json.dumps({"kind": kind, "meta": meta, "layout": layout}).encode()
        body = b"".join(np.ascontiguousarray(a).tobytes() for a in arrays.values())
        self._write(struct.pack("<I", len(head)) + head + body)

    def pending(self, kind):
        """Return (meta, arrays) of the records of one kind since the last checkpoint."""
        return [(m, a) for k, m, a in self._records if k == kind]

    def checkpoint(self):
        """Write ``arrays`` and ``attrs`` as the new HDF5 file and start an empty journal."""
        import h5py

        part = self.path.with_name(self.path.name + ".part")
        try:
            with h5py.File(part, "w", userblock_size=_BLOCK) as file:
                file.attrs["format"] = FORMAT
                file.attrs["fingerprint"] = json.dumps(self.fingerprint)
                file.attrs["epoch"] = self.epoch + 1
                for group, attributes in self.attrs.items():
                    file.require_group(group).attrs.update(_plain(attributes))
                for key, array in self.arrays.items():
                    file.create_dataset(key, data=array)
            digest = _digest(part)
            with open(part, "r+b") as stream:
                stream.write(digest.ljust(_BLOCK, b"\0"))
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(part, self.path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise DataError(
                f"cannot write {self.path}: {error.strerror or 'the disk may be full'}; what was "
                "computed is in "
                f"{self.journal_path.name} and the last {self.path.name}, free some space and run again"
            ) from None
        self.epoch += 1
        self._journal.close()
        self._new_journal()

    def close(self):
        """Release the file; an empty journal is removed."""
        journal = getattr(self, "_journal", None)
        if journal is not None and not journal.closed:
            journal.close()
            if self.path.exists() and self.journal_path.exists():
                header, records, _ = _parse_journal(self.journal_path.read_bytes(), self.journal_path)
                if not records and header == self._journal_header():
                    self.journal_path.unlink()
        if self._lock is not None and not self._lock.closed:
            Path(self._lock.name).unlink(missing_ok=True)
            _LOCKS.discard(self._lock)
            self._lock.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()


def _plain(attributes):
    return {k: json.dumps(v) if isinstance(v, (dict, list, tuple)) else v
            for k, v in attributes.items()}  # fmt: skip


def _difference(old, new):
    keys = sorted(k for k in {**old, **new} if old.get(k) != new.get(k))
    return "; ".join(f"{k}: {old.get(k)!r} there, {new.get(k)!r} here" for k in keys[:2])[:300]


def _parse_journal(data, path):
    """Return (header, records, bytes used); a torn last record is dropped, other damage refused."""
    position, header, records = 0, None, []
    while position + _HEADER.size <= len(data):
        begin = position + _HEADER.size
        magic, size, crc, check = _HEADER.unpack(data[position:begin])
        sound = magic == _MAGIC and check == zlib.crc32(data[position : begin - 4])
        end = begin + size
        if sound and end > len(data):
            break  # torn by a kill
        payload = data[begin:end]
        if not sound or zlib.crc32(payload) != crc:
            raise DataError(
                f"{path} is damaged at byte {position}; move it away to go on from the last checkpoint"
            )
        if header is None:
            header = json.loads(payload)
        else:
            (length,) = struct.unpack("<I", payload[:4])
            head = json.loads(payload[4 : 4 + length])
            arrays, offset = {}, 4 + length
            for name, dtype, shape in head["layout"]:
                count = int(np.prod(shape))
                arrays[name] = np.frombuffer(payload, dtype, count, offset).reshape(shape).copy()
                offset += count * np.dtype(dtype).itemsize
            records.append((head["kind"], head["meta"], arrays))
        position = end
    return header, records, position


def read_run(path):
    """Return fingerprint, epoch, attrs and arrays of a run file.

    Raises
    ------
    DataError
        If the file is missing, is not a run file, or its content does not match its digest.
    """
    import h5py

    path = Path(path)
    if not path.is_file():
        raise DataError(f"no run file {path}")
    with open(path, "rb") as stream:
        block = stream.read(_BLOCK).rstrip(b"\0")
    if not block.startswith(b"astrobounds sha256 "):
        raise DataError(
            f"{path} is not a run file of astrobounds, or its beginning is damaged; "
            "it was not touched, move it away or choose another output name"
        )
    if block != _digest(path):
        raise DataError(
            f"{path} is damaged: its content does not match its digest; it was not touched, "
            "restore it from a copy or move it away"
        )
    try:
        with h5py.File(path, "r") as file:
            if file.attrs.get("format") != FORMAT:
                raise DataError(f"{path} has format {file.attrs.get('format')!r}, not {FORMAT!r}")
            arrays, attrs = {}, {}

            def visit(name, item):
                if isinstance(item, h5py.Dataset):
                    arrays[name] = item[...]
                else:
                    attrs[name] = dict(item.attrs)

            file.visititems(visit)
            return {
                "fingerprint": json.loads(file.attrs["fingerprint"]),
                "epoch": int(file.attrs["epoch"]),
                "attrs": attrs,
                "arrays": arrays,
            }
    except (OSError, KeyError) as error:
        raise DataError(f"{path} is damaged: {error}; it was not touched") from None


class NoFile:
    """A run without a file."""

    path = "memory"

    def __init__(self):
        self.arrays, self.attrs = {}, {}

    def append(self, kind, meta, **arrays):
        pass

    def pending(self, kind):
        return []

    def checkpoint(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        pass
