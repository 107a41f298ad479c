#!/usr/bin/env bash
# Create a virtual environment with Python 3.11 or newer, unless a working one is there:
# create_venv.sh FOLDER
set -euo pipefail

folder=${1:?folder}
is_new_enough='import sys; sys.exit(sys.version_info < (3, 11))'

if "$folder/bin/python" -m pip --version >/dev/null 2>&1 &&
    "$folder/bin/python" -c "$is_new_enough"; then
  exit 0
fi

python=
for name in python3.13 python3.12 python3.11 python3; do
  # Run it: a name on the PATH may be a shim for a version that is not installed.
  if "$name" -c "$is_new_enough" 2>/dev/null; then
    python=$name
    break
  fi
done
if [[ -z $python ]]; then
  echo "callcoach needs Python 3.11 or newer, and there is none on your PATH." >&2
  echo "Install one (Debian, Ubuntu: python3.11 and python3.11-venv), and run make again." >&2
  exit 1
fi

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  # Debian and Ubuntu keep these in a package of their own.
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  "$(dirname "$0")/system_packages.sh" "python$version-venv"
fi
"$python" -m venv --clear "$folder"
