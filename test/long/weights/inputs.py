"""Reads the length-prefixed inputs that peer.ts wrote."""
import struct


def read_inputs(file):
    with open(file, "rb") as source:
        data = source.read()
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        yield data[at + 4 : at + 4 + length]
        at += 4 + length
