#!/usr/bin/env bash
# Makes a virtual environment with the libraries that load weights: numpy, joblib, lz4, and the system's torch where there is one.
# Prints the path of its Python, or one line that says what is missing, and then ends with 3. Run again it only checks.
set -uo pipefail
folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/ts-model-archiver/loaders}
stamp=$folder/installed-1

skip() { echo "SKIPPED: $*"; exit 3; }

mkdir -p "$(dirname "$folder")"
exec 9>"$folder.lock"
flock 9

if [ ! -e "$stamp" ]; then
  rm -rf "$folder" && mkdir -p "$folder"
  log=$folder/install.log
  python=python3
  # The wheel of torch has gigabytes: torch is the system's or absent, and then its numpy has to be the system's as well.
  /usr/bin/python3 -c 'import torch' 2>/dev/null && python=/usr/bin/python3
  "$python" -m venv --system-site-packages "$folder/venv" >"$log" 2>&1 ||
    skip "no virtual environment could be made: $(tail -n 1 "$log") (apt-get install python3-venv)"
  "$folder/venv/bin/python" -c 'import numpy' 2>/dev/null || numpy=numpy
  "$folder/venv/bin/pip" install -q --disable-pip-version-check ${numpy:-} joblib lz4 >>"$log" 2>&1 ||
    skip "packages could not be installed: $(tail -n 1 "$log")"
  touch "$stamp"
fi
echo "$folder/venv/bin/python"
