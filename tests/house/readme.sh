#!/usr/bin/env bash
# Executes the commands of README.md: readme.sh PATH_OF_HOOKCTL
set -euo pipefail
exec node "$(dirname "$0")/readme.mjs" "$1"
