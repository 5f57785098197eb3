#!/usr/bin/env bash
# Executes the commands of README.md: readme.sh PATH_OF_HOOKCTL
# Installs what its shop needs once (apps/shop/package-lock.json says what).
set -euo pipefail
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
here=$(cd "$tests/../apps/shop" && pwd)
part=readme
source "$tests/packages.sh"
exec "$node" "$tests/house/readme.mjs" "$1"
