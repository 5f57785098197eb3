#!/usr/bin/env bash
# Readers that others wrote judge the reports: run.sh PATH_OF_SAMPLE_REPORTS
# Writes sample reports in every format and gives them to xmllint with Jenkins' JUnit schema, ajv with the SARIF schema, a TAP 14 parser and
# a Markdown parser. Installs those once (package-lock.json says which). Exit 0: they read what was meant and refuse what was broken on purpose.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
samples=$(realpath "${1:?usage: run.sh PATH_OF_SAMPLE_REPORTS}")
command -v xmllint >/dev/null || { echo "FAIL report: xmllint is not installed"; exit 1; }
part=report
source "$here/../packages.sh"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$samples" "$scratch"
"$node" "$here/main.mjs" "$scratch"
