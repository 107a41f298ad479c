#!/usr/bin/env bash
# Fetch a speech model unless one is installed: fetch_model.sh CALLCOACH
set -euo pipefail

callcoach=${1:?path of the callcoach command}

"$callcoach" models path >/dev/null 2>&1 && exit 0
"$callcoach" models fetch && exit 0
# The last source needs npm.
if command -v apt-get >/dev/null && ! command -v npm >/dev/null; then
  "$(dirname "$0")/system_packages.sh" npm
  exec "$callcoach" models fetch
fi
exit 1
