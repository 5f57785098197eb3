#!/usr/bin/env bash
# Builds hookctl and shows the main job: receive, verify, forward, explain, replay. Installs what is missing with apt; leaves nothing running.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
build="$root/build"

bash "$root/apps/apt.sh" g++ cmake ninja-build pkg-config libcli11-dev libcpp-httplib-dev libssl-dev nlohmann-json3-dev libsqlite3-dev \
  libtomlplusplus-dev libasio-dev ca-certificates

echo "Building (Release) in $build; a few minutes the first time"
generator=()
if [ ! -f "$build/CMakeCache.txt" ] && command -v ninja >/dev/null; then generator=(-G Ninja); fi
log=$(mktemp)
if ! { cmake -S "$root" -B "$build" "${generator[@]}" -DCMAKE_BUILD_TYPE=Release && cmake --build "$build" --parallel "$(getconf _NPROCESSORS_ONLN)"; } >"$log" 2>&1; then
  tail -n 40 "$log" >&2
  echo "the build failed; the whole log is in $log" >&2
  exit 1
fi
rm -f "$log"
PATH="$build/apps/hookctl:$PATH"

# Everything below happens in a folder of its own and ends with it.
work=$(mktemp -d)
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT
cd "$work"
unset HOOKCTL_PROVIDER HOOKCTL_SECRET HOOKCTL_JOURNAL HOOKCTL_JSON HOOKCTL_CONFIG 2>/dev/null || true
export XDG_CONFIG_HOME="$work"

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
show() { printf '$ %s\n' "$*"; "$@" || true; }
await() { # await FILE: until the file has a line
  for _ in $(seq 100); do [ -s "$1" ] && return 0; sleep 0.1; done
  echo "nothing appeared in $1" >&2
  return 1
}

say "1. An endpoint, as you might be writing one, and hookctl in front of it"
"$build/apps/endpoint/hookctl-example-endpoint" >endpoint.log &
pids+=($!)
await endpoint.log
endpoint=$(head -n 1 endpoint.log)
export WEBHOOK_SECRET=whsec_cXVpY2tzdGFydA==
echo "\$ hookctl listen --secret env:WEBHOOK_SECRET --forward-to $endpoint/webhook --port 0"
hookctl listen --secret env:WEBHOOK_SECRET --forward-to "$endpoint/webhook" --port 0 --ready-file ready >listen.log &
pids+=($!)
await ready
url=$(cat ready)
cat listen.log

say "2. A signed Stripe event and a signed GitHub event: verified, forwarded, answered by the endpoint"
show hookctl send stripe payment_intent.payment_failed --to "$url" --secret env:WEBHOOK_SECRET
show hookctl send github pull_request.opened --to "$url" --secret env:WEBHOOK_SECRET

say "3. A bad signature: refused before it reaches the endpoint, and explained"
show hookctl send stripe invoice.paid --to "$url" --secret whsec_of_somebody_else
hookctl verify --id last --secret env:WEBHOOK_SECRET >verify.log || true
printf '$ hookctl verify --id last --secret env:WEBHOOK_SECRET\n'
head -n 9 verify.log

say "4. What was kept, and one of it replayed, byte for byte, to the endpoint"
show hookctl requests
show hookctl replay req_1 --to "$endpoint/webhook"

say "What the listener said meanwhile"
tail -n +2 listen.log

say "The binary is $build/apps/hookctl/hookctl"
cat <<TEXT
Install it:      cmake --install build        (into /usr/local; as root)
Your endpoint:   hookctl listen --provider stripe --secret env:STRIPE_SECRET --forward-to 3000/webhook
Sample events:   hookctl events stripe
All commands:    hookctl help
TEXT
