#!/usr/bin/env bash
# Installs what TorchServe's own suites need, outside of the project: the real TorchServe (as the interop suite has it), pytest with
# what its files import, and newman. Prints the Python of the suites, the one of TorchServe and newman, a line each; or one line that
# says what is missing, and then ends with 3. Run again it only checks.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=${XDG_CACHE_HOME:-$HOME/.cache}/ts-model-archiver/upstream
stamp=$folder/installed-2

skip() { echo "SKIPPED: $*"; exit 3; }

command -v java >/dev/null || skip 'no java (apt-get install openjdk-17-jre-headless)'
torchserve=${TSMA_INTEROP_PYTHON:-$(bash "$here/../../test/interop/install.sh")} || skip "${torchserve#SKIPPED: }"

mkdir -p "$(dirname "$folder")"
exec 9>"$folder.lock"
flock 9

if [ ! -e "$stamp" ]; then
  rm -rf "$folder" && mkdir -p "$folder/newman"
  log=$folder/install.log
  "$torchserve" -m venv --system-site-packages "$folder/venv" >"$log" 2>&1 ||
    skip "no virtual environment could be made: $(tail -n 1 "$log") (apt-get install python3-venv)"
  # A virtual environment on another: the suites import what TorchServe's environment has.
  "$torchserve" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
    >"$("$folder/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/torchserve.pth"
  numpy=$("$torchserve" -c 'import numpy; print(numpy.__version__)')
  "$folder/venv/bin/pip" install -q --disable-pip-version-check 'pytest<8' pytest-mock pytest-timeout requests orjson \
    grpcio grpcio-tools googleapis-common-protos "numpy==$numpy" >>"$log" 2>&1 ||
    skip "packages could not be installed: $(tail -n 1 "$log")"
  # The system's torchrun starts the system's Python, which has no TorchServe; and before torch 2.0 it knows no options with hyphens.
  cat >"$folder/venv/bin/torchrun" <<TORCHRUN && chmod +x "$folder/venv/bin/torchrun"
#!$folder/venv/bin/python
import sys
from torch.distributed.run import main
words = sys.argv[1:]
script = next(index for index, word in enumerate(words) if word.endswith(".py"))
options = ["--" + word[2:].replace("-", "_") if word[:2] == "--" else word for word in words[:script]]
sys.exit(main(options + words[script:]))
TORCHRUN
  "$folder/venv/bin/pip" download -q --disable-pip-version-check -d "$folder/wheels" lru-dict >>"$log" 2>&1 ||
    skip "packages of models could not be fetched: $(tail -n 1 "$log")"
  npm install --prefix "$folder/newman" --no-save --no-audit --no-fund --ignore-scripts newman@6 >>"$log" 2>&1 ||
    skip "newman could not be installed: $(tail -n 1 "$log")"
  touch "$stamp"
fi
printf '%s\n' "$folder/venv/bin/python" "$torchserve" "$folder/newman/node_modules/.bin/newman" "$folder/wheels"
