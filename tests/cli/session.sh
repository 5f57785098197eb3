#!/usr/bin/env bash
# Runs one transcript in the current folder: session.sh TRANSCRIPT NEW LEAKS
#
# "## " is a note. "$ " begins a command (bash; "> " continues it); what follows is its standard output, its standard error behind "2> ",
# and "[exit N]" when that is not 0. The commands share one shell with what steps.sh offers. NEW gets the same transcript with what was
# printed this time, LEAKS every place where one of the keys of steps.sh shows that a user did not type.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
transcript=$1 new=$2 leaks=$3
source "$here/normalise.sh"
source "$here/steps.sh"
trap 'end_all' EXIT

# What a stream held, one line end at its end, "[no line end]" when there was none.
shown() { # shown FILE PREFIX
  [ -s "$1" ] || return 0
  normalise <"$1" | sed "s/^/$2/"
  [ "$(tail -c 1 "$1" | od -An -tx1)" = ' 0a' ] || printf '\n[no line end]\n'
}

run_command() { # run_command COMMAND
  local code leaked
  eval "$1" >"$new.out" 2>"$new.err" </dev/null
  code=$?
  shown "$new.out" ''
  shown "$new.err" '2> '
  [ $code -eq 0 ] || echo "[exit $code]"
  # A token in the request that carries it is no leak.
  leaked=$(cat "$new.out" "$new.err" | grep -av '^X-Gitlab-Token: ' | grep -aF -f "$keys")
  [ -z "$leaked" ] || printf "after '%s': %s\n" "$1" "$leaked" >>"$leaks"
}

before='' # what the last line was: note, or output
command=''
finish() {
  [ -z "$command" ] || run_command "$command"
  command=''
}
: >"$leaks"
while IFS= read -r line || [ -n "$line" ]; do
  case $line in
    '$ '*)
      finish
      echo "$line"
      command=${line#\$ } before=output
      ;;
    '> '*)
      [ -n "$command" ] || continue
      echo "$line"
      command+=$'\n'${line#> }
      ;;
    '## '*)
      finish
      [ "$before" = output ] && echo
      echo "$line"
      before=note
      ;;
    *) finish ;; # what was expected
  esac
done <"$transcript" >"$new"
finish >>"$new"
end_all
# What was kept on disk: the journals above all.
grep -raFl --exclude-dir=keys -f "$keys" . | sed 's/^/in the file /' >>"$leaks"
exit 0
