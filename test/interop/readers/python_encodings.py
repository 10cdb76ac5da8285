"""What `name` is in each module of a JSON list in base64 on stdin, as Python runs it: null where it refuses the module."""
import base64
import json
import sys

answers = []
for text in json.load(sys.stdin):
    module = {}
    try:
        exec(compile(base64.b64decode(text), "module", "exec", dont_inherit=True), module)
    except (SyntaxError, LookupError):
        pass
    answers.append(module.get("name"))
json.dump(answers, sys.stdout)
