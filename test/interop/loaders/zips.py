"""ZIPs written field by field, so that the views of their readers may differ."""

import bz2
import lzma
import struct
import zlib


class Entry:
    def __init__(self, name, data, method=0, **other):
        self.name, self.data, self.method = name.encode() if isinstance(name, str) else name, data, method
        self.local_name = other.get("local_name", self.name)
        self.flags = other.get("flags", 0)
        self.local_flags = other.get("local_flags", self.flags)
        self.local_method = other.get("local_method", method)
        self.local_extra, self.extra = other.get("local_extra", b""), other.get("extra", b"")
        self.crc, self.size, self.packed_size = other.get("crc"), other.get("size"), other.get("packed_size")
        self.local_sizes = other.get("local_sizes", True)
        self.cut = other.get("cut", 0)
        self.gap = other.get("gap", b"")
        self.is_listed = other.get("is_listed", True)
        self.offset_shift = other.get("offset_shift", 0)


def pack(entry):
    data, method = entry.data, entry.method
    if method == 8:
        deflater = zlib.compressobj(6, zlib.DEFLATED, -15)
        data = deflater.compress(data) + deflater.flush()
    elif method == 12:
        data = bz2.compress(data)
    elif method == 14:
        filters = [{"id": lzma.FILTER_LZMA1, "preset": 1}]
        properties = lzma._encode_filter_properties({"id": lzma.FILTER_LZMA1, "preset": 1})
        raw = lzma.LZMACompressor(lzma.FORMAT_RAW, filters=filters)
        data = struct.pack("<BBH", 9, 4, len(properties)) + properties + raw.compress(data) + raw.flush()
    return data[: len(data) - entry.cut] if entry.cut else data


def make_zip(entries, prefix=b"", comment=b"", shift_offsets=True, behind=b"", count=None, zip64=None):
    out, listed = bytearray(prefix), []
    for entry in entries:
        out += entry.gap
        packed = pack(entry)
        crc = zlib.crc32(entry.data) if entry.crc is None else entry.crc
        size = len(entry.data) if entry.size is None else entry.size
        packed_size = len(packed) if entry.packed_size is None else entry.packed_size
        offset = len(out) - (0 if shift_offsets else len(prefix)) + entry.offset_shift
        local = (crc, packed_size, size) if entry.local_sizes else (0, 0, 0)
        out += struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, entry.local_flags, entry.local_method, 0, 33, *local, len(entry.local_name), len(entry.local_extra))
        out += entry.local_name + entry.local_extra + packed
        if entry.local_flags & 8:
            out += struct.pack("<4sIII", b"PK\7\x08", crc, packed_size, size)
        if entry.is_listed:
            listed.append((entry, crc, packed_size, size, offset))
    start = len(out)
    for entry, crc, packed_size, size, offset in listed:
        out += struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, entry.flags, entry.method, 0, 33, crc, packed_size, size, len(entry.name), len(entry.extra), 0, 0, 0, 0, offset)
        out += entry.name + entry.extra
    directory = len(out) - start
    where = start - (0 if shift_offsets else len(prefix))
    number = len(listed) if count is None else count
    if zip64 is not None:
        record = len(out)
        out += struct.pack("<4sQHHIIQQQQ", b"PK\6\6" if zip64 != "unsigned" else b"XX\6\6", 44, 45, 45, 0, 0, number, number, directory, where)
        out += struct.pack("<4sIQI", b"PK\6\7", 0, record if zip64 != "lost" else 0, 1)
    out += struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, number, number, directory, where, len(comment)) + comment
    return bytes(out + behind)


def views(rng, name, bad, good):
    """The member of this name holds `bad` for one reader and `good` for another."""
    method = rng.choice([0, 8])
    one = Entry(name, bad, method)
    kind = rng.choice(
        ["duplicate", "duplicate-last", "local-name", "case", "flags", "crc", "method", "descriptor", "size", "cut", "unlisted", "broken-neighbour",
         "extra64", "folder", "backslash", "nul", "sizes-zero", "comment-end", "prefix", "shift", "zip64", "zip64-lost", "zip64-unsigned", "count", "gap", "unknown-method"]
    )
    entries, options = [one], {}
    twin = Entry(name, good, method)
    if kind == "duplicate":
        entries = [one, twin]
    elif kind == "duplicate-last":
        entries = [twin, one]
    elif kind == "local-name":
        one.local_name = rng.choice([b"x", name.upper().encode(), name.encode()[::-1]])
    elif kind == "case":
        entries = rng.sample([Entry(name.upper(), bad, method), twin], 2)
    elif kind == "flags":
        one.flags = rng.choice([1, 0x20, 0x40, 0x800, 0x2000, 2])
        one.local_flags = rng.choice([0, one.flags])
    elif kind == "crc":
        one.crc = 1
    elif kind == "method":
        one.local_method = 8 - method
    elif kind == "descriptor":
        one.flags = one.local_flags = 8
        one.local_sizes = False
    elif kind == "size":
        one.size = len(bad) + rng.choice([-1, 1, 1000])
    elif kind == "cut":
        one.method, one.cut = 8, rng.choice([1, 4])
    elif kind == "unlisted":
        entries = [one, Entry("other.txt", good, 0, is_listed=True)]
        one.is_listed = False
    elif kind == "broken-neighbour":
        entries = [Entry("first", good, 0, offset_shift=rng.choice([3, 10_000_000])), one]
        rng.shuffle(entries)
    elif kind == "extra64":
        one.extra = struct.pack("<HHQ", 1, 8, len(bad))
    elif kind == "folder":
        one.name = one.local_name = one.name + b"/"
    elif kind == "backslash":
        one.name = one.local_name = one.name.replace(b"/", b"\\")
    elif kind == "nul":
        one.name = one.local_name = one.name + b"\0.txt"
    elif kind == "sizes-zero":
        one.local_sizes = False
    elif kind == "comment-end":
        options["comment"] = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0, 0, 0, 0, 0) + rng.choice([b"", bytes(3)])
    elif kind == "prefix":
        options = {"prefix": rng.choice([b"#!/bin/sh\n", b"PK\3\4", bytes(100)]), "shift_offsets": rng.random() < 0.5}
    elif kind == "shift":
        options["behind"] = rng.choice([b"x", bytes(1000)])
    elif kind.startswith("zip64"):
        options["zip64"] = kind[6:] or "there"
    elif kind == "count":
        options["count"] = rng.choice([0, 2, 9])
    elif kind == "gap":
        one.gap = b"gap"
    elif kind == "unknown-method":
        one.method = one.local_method = rng.choice([12, 14])
    return kind, entries, options
