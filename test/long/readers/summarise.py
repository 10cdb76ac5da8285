"""Reads every member of a ZIP (the CRC is checked) and prints how many there are, their bytes and the last name."""
import json
import sys
import zipfile

archive = zipfile.ZipFile(sys.argv[1])
total = 0
for info in archive.infolist():
    with archive.open(info) as member:
        while piece := member.read(1 << 20):
            total += len(piece)
print(json.dumps({"members": len(archive.infolist()), "bytes": total, "last": archive.infolist()[-1].filename}))
