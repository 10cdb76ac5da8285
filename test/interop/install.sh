#!/usr/bin/env bash
# Makes a virtual environment with the real TorchServe, its archivers and what they import, on the system's torch and torchvision.
# Prints the path of its Python, or one line that says what is missing, and then ends with 3. Run again it only checks.
set -uo pipefail
folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/ts-model-archiver/interop}
stamp=$folder/installed-1

skip() { echo "SKIPPED: $*"; exit 3; }

# Test files run side by side: the first installs, the others wait for it.
mkdir -p "$(dirname "$folder")"
exec 9>"$folder.lock"
flock 9

if [ ! -e "$stamp" ]; then
  system=/usr/bin/python3
  "$system" -c 'import torch, torchvision' 2>/dev/null ||
    skip 'no torch and torchvision for /usr/bin/python3 (apt-get install python3-torch python3-torchvision)'
  rm -rf "$folder" && mkdir -p "$folder"
  log=$folder/install.log
  "$system" -m venv --system-site-packages "$folder/venv" >"$log" 2>&1 ||
    skip "no virtual environment could be made: $(tail -n 1 "$log") (apt-get install python3-venv)"
  pip=("$folder/venv/bin/pip" install -q --disable-pip-version-check)
  numpy=$("$system" -c 'import numpy; print(numpy.__version__)')
  # Without dependencies: they would bring a torch of their own, of gigabytes. The system's torch fixes the version of numpy.
  "${pip[@]}" --no-deps torchserve torch-model-archiver torch-workflow-archiver captum tqdm >>"$log" 2>&1 &&
    "${pip[@]}" psutil pyyaml packaging pillow matplotlib enum-compat onnxruntime "numpy==$numpy" >>"$log" 2>&1 ||
    skip "packages could not be installed: $(tail -n 1 "$log")"
  touch "$stamp"
fi
echo "$folder/venv/bin/python"
