"""Prints `size sha256 name` for each file of a .mar (zipfile) or .tar.gz (tarfile), after the module's own test of it."""

import hashlib
import sys
import tarfile
import zipfile


def entries(path):
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            bad = archive.testzip()
            if bad is not None:
                sys.exit(f"zipfile finds {bad} damaged")
            for info in archive.infolist():
                yield info.filename, archive.read(info)
    else:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                yield member.name, archive.extractfile(member).read()


sys.stdout.reconfigure(encoding="utf-8")
for name, content in entries(sys.argv[1]):
    print(len(content), hashlib.sha256(content).hexdigest(), name)
