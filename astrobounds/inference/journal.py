"""The journal: an append-only file of checksummed records between two checkpoints of a run.

A kill loses at most the record being written; power loss at most a second of records.
"""

import json
import os
import struct
import time
import zlib

import numpy as np

from ..checks import FILE_LIMIT, regular_file
from ..errors import DataError

_MAGIC = b"ABj2"
_HEADER = struct.Struct("<4sQII")  # magic, size, checksum of the payload, checksum of the header
SYNC_EVERY = 1.0  # s


def _header(payload):
    start = struct.pack("<4sQI", _MAGIC, len(payload), zlib.crc32(payload))
    return start + struct.pack("<I", zlib.crc32(start))


def pack(kind, meta, arrays):
    """Return the bytes of one record."""
    layout = [(k, a.dtype.str, a.shape) for k, a in arrays.items()]
    head = json.dumps({"kind": kind, "meta": meta, "layout": layout}).encode()
    body = b"".join(np.ascontiguousarray(a).tobytes() for a in arrays.values())
    return struct.pack("<I", len(head)) + head + body


def _unpack(payload):
    (length,) = struct.unpack("<I", payload[:4])
    head = json.loads(payload[4 : 4 + length])
    arrays, offset = {}, 4 + length
    for name, dtype, shape in head["layout"]:
        kind = np.dtype(dtype)
        if kind.kind not in "biuf" or any(n < 0 for n in shape):
            raise ValueError(f"array '{name}' of type {dtype}")
        count = int(np.prod(shape))
        arrays[name] = np.frombuffer(payload, kind, count, offset).reshape(shape).copy()
        offset += count * kind.itemsize
    return head["kind"], head["meta"], arrays


def parse_journal(data, path):
    """Return (header, records, bytes used); a torn last record is dropped, other damage refused."""
    position, header, records = 0, None, []
    if data[:4] != _MAGIC[: len(data[:4])]:
        raise DataError(f"{path} is damaged at byte 0, or not a journal; move it away")
    while position + _HEADER.size <= len(data):
        begin = position + _HEADER.size
        magic, size, crc, check = _HEADER.unpack(data[position:begin])
        sound = magic == _MAGIC and check == zlib.crc32(data[position : begin - 4])
        end = begin + size
        if sound and end > len(data):
            break  # torn by a kill
        payload = data[begin:end]
        damaged = f"{path} is damaged at byte {position}; move it away to go on from the last checkpoint"
        if not sound or zlib.crc32(payload) != crc:
            raise DataError(damaged)
        try:
            if header is None:
                header = json.loads(payload)
                header["epoch"], header["fingerprint"]
            else:
                records.append(_unpack(payload))
        except (ValueError, TypeError, KeyError, struct.error, RecursionError):
            raise DataError(damaged) from None
        position = end
    return header, records, position


def read_journal(path):
    """Return (header, records, bytes used) of a journal file; (None, [], 0) if there is none."""
    if not os.path.lexists(path):
        return None, [], 0
    return parse_journal(regular_file(path, "journal", 10 * FILE_LIMIT).read_bytes(), path)


class Journal:
    """An open journal.

    Parameters
    ----------
    path : Path
    header : dict
        Epoch and fingerprint, the first record.
    used : int
        Bytes of an old journal that are kept; 0 starts a new one.
    """

    def __init__(self, path, header, used=0):
        self.path, self._synced = path, time.monotonic()
        self._records = 0
        try:
            if used:
                self._file = open(path, "r+b", buffering=0)
                self._file.truncate(used)
                self._file.seek(used)
            else:
                path.unlink(missing_ok=True)  # never through a link that stands there
                self._file = open(path, "xb", buffering=0)
        except OSError as error:
            raise DataError(f"cannot write {path}: {error.strerror}") from None
        if not used:
            self.write(json.dumps(header).encode())

    def write(self, payload):
        """Append one payload, whole or not at all."""
        start = self._file.tell()
        try:
            view = memoryview(_header(payload) + payload)
            while view:
                view = view[self._file.write(view) :]
            if time.monotonic() - self._synced > SYNC_EVERY:
                os.fsync(self._file.fileno())
                self._synced = time.monotonic()
        except OSError as error:
            try:
                self._file.truncate(start)
                self._file.seek(start)
            except OSError:
                pass
            raise DataError(
                f"cannot write {self.path}: {error.strerror}; everything before this step "
                "is safe, free some space and run again"
            ) from None

    def close(self):
        """Close it; what was written reaches the disk."""
        if not self._file.closed:
            try:
                os.fsync(self._file.fileno())
            except OSError:
                pass
            self._file.close()
