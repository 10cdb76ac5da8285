"""What pip makes of requirements files: JSON list of base64 files on stdin, JSON list of "refused" or the names on stdout."""
import base64
import json
import os
import sys
import tempfile

from pip._internal.network.session import PipSession
from pip._internal.req.constructors import install_req_from_parsed_requirement
from pip._internal.req.req_file import parse_requirements

folder = tempfile.TemporaryDirectory()
os.chdir(folder.name)
for name in ("base.txt", "constraints.txt", "a-1.0.tar.gz"):
    open(name, "w").close()
os.mkdir("wheels")
for name in ("a-1.0-py3-none-any.whl", "wheels/a-1.0-py3-none-any.whl"):
    open(name, "w").close()

answers = []
session = PipSession()
for content in json.load(sys.stdin):
    with open("requirements.txt", "wb") as file:
        file.write(base64.b64decode(content))
    try:
        found = [install_req_from_parsed_requirement(each) for each in parse_requirements("requirements.txt", session)]
        answers.append([each.name for each in found])
    except Exception as error:
        answers.append("refused")
        print(type(error).__name__, str(error)[:200].replace("\n", " "), file=sys.stderr)
json.dump(answers, sys.stdout)
os.chdir(os.pardir)
folder.cleanup()
