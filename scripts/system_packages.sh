#!/usr/bin/env bash
# Install the system packages that are missing, where there is apt: system_packages.sh run|test|npm
set -euo pipefail

case "${1:?run, test or npm}" in
  run) packages=(espeak-ng libespeak-ng1 libportaudio2) ;;
  test) packages=(pulseaudio pulseaudio-utils libasound2-plugins sox) ;;
  npm) packages=(npm) ;;
  *) packages=("$1") ;;
esac

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  # callcoach setup tells what is missing, and what to type on other systems.
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $state == installed ]] || missing+=("$package")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

as_root=()
if [[ $(id -u) -ne 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "These system packages are missing: ${missing[*]}" >&2
    echo "As root, run: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "Installing system packages: ${missing[*]}"
"${as_root[@]}" apt-get update -qq ||
  echo "apt-get update failed; trying with the package lists there are." >&2
if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --quiet --quiet --no-install-recommends "${missing[@]}" >/dev/null; then
  echo "apt-get could not install: ${missing[*]}" >&2
  echo "Mend that, or install them by hand, and run make again." >&2
  exit 1
fi
