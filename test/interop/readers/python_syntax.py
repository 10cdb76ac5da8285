"""Compiles each text of a JSON list on stdin without running it; prints a JSON list of true (valid), or the error."""
import json
import sys
import warnings

warnings.simplefilter("ignore")
answers = []
for text in json.load(sys.stdin):
    try:
        compile(text, "text", "exec", dont_inherit=True)
        answers.append(True)
    except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError) as error:
        answers.append(str(error))
json.dump(answers, sys.stdout)
