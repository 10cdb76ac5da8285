#!/usr/bin/env bash
# Makes a virtual environment with schemathesis. Prints the path of its command, or one line that says what is missing, and
# then ends with 3. Run again it only checks.
set -uo pipefail
folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/ts-model-archiver/schemathesis}
stamp=$folder/installed-1

skip() { echo "SKIPPED: $*"; exit 3; }

if [ ! -e "$stamp" ]; then
  rm -rf "$folder" && mkdir -p "$folder"
  log=$folder/install.log
  python3 -m venv "$folder/venv" >"$log" 2>&1 ||
    skip "no virtual environment could be made: $(tail -n 1 "$log") (apt-get install python3-venv)"
  # A seed means the same requests only within one version.
  "$folder/venv/bin/pip" install -q --disable-pip-version-check 'schemathesis==4.32.5' >>"$log" 2>&1 ||
    skip "schemathesis could not be installed: $(tail -n 1 "$log")"
  touch "$stamp"
fi
echo "$folder/venv/bin/schemathesis"
