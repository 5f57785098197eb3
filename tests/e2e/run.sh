#!/usr/bin/env bash
# End to end: the real program against real servers and clients, on free ports, in a folder of its own.
# usage: bash tests/e2e/run.sh PATH_OF_HOOKCTL [PART_OF_A_CASE_NAME | -PART_TO_LEAVE_OUT...]    exit code 0 when every case passed
set -euo pipefail
if [ $# -lt 1 ]; then
  sed -n '2,3s/^# //p' "$0" >&2
  exit 2
fi
for tool in node curl openssl; do
  command -v "$tool" >/dev/null || { echo "e2e: '$tool' is not installed" >&2; exit 1; }
done
program=$(realpath "$1")
shift
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'chmod -R u+rwX "$folder"; rm -rf "$folder"' EXIT
# Not exec: the folder goes when node has ended, however it ended. Node ends every process that it starts.
node "$here/main.mjs" "$program" "$folder" "$@"
