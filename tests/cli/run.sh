#!/usr/bin/env bash
# Transcripts of hookctl, compared letter for letter: run.sh PATH_OF_HOOKCTL [NAME...]
#
# Each *.txt file beside this script is a session, as session.sh reads it. HOOKCTL_ACCEPT=1 writes what was printed into the files; that is
# reported as accepted and never passes: read the difference, then run again. Exit 0: every transcript is as expected, no secret leaked.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
hookctl=$(realpath "${1:?usage: run.sh PATH_OF_HOOKCTL [NAME...]}") || exit 2
shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin"
ln -s "$hookctl" "$scratch/bin/hookctl"
passed=0 failed=0 accepted=0

for transcript in "$here"/*.txt; do
  name=$(basename "$transcript" .txt)
  [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
  new=$scratch/$name.txt leaks=$scratch/$name.leaks
  mkdir "$scratch/$name"
  (cd "$scratch/$name" && env -i PATH="$scratch/bin:$PATH" HOME="$scratch/$name" LC_ALL=C.UTF-8 timeout -k 10 100 bash "$here/session.sh" "$transcript" "$new" "$leaks")
  ended=$?
  if [ $ended -ne 0 ]; then
    failed=$((failed + 1))
    echo "FAIL $name: the session ended with $ended"
  elif [ -s "$leaks" ]; then
    failed=$((failed + 1))
    echo "FAIL $name: a secret is where it must not be"
    sed 's/^/     /' "$leaks"
  elif cmp -s "$transcript" "$new"; then
    passed=$((passed + 1))
    echo "ok   $name ($(grep -c '^\$ ' "$new") commands)"
  elif [ -n "${HOOKCTL_ACCEPT:-}" ]; then
    cp "$new" "$transcript"
    accepted=$((accepted + 1))
    echo "accepted $name, not passed: look at the difference and run again"
  else
    failed=$((failed + 1))
    echo "FAIL $name: expected (-) and printed (+) differ; HOOKCTL_ACCEPT=1 accepts what was printed"
    diff -u --label "$name.txt" --label printed "$transcript" "$new" | sed 's/^/     /'
  fi
done
echo "$passed passed, $failed failed$([ $accepted -eq 0 ] || echo ", $accepted accepted")"
[ $passed -gt 0 ] && [ $((failed + accepted)) -eq 0 ]
