#!/usr/bin/env bash
# Sending signed, mutated events beside other senders: fuzz.sh PATH_OF_HOOKCTL [ROUNDS] [REQUESTS]
#
# All go to the same bare responder on CPU 1, from CPU 0, over 64 connections: wrk with one signed event, which it never changes; a Go program
# (net/http, crypto/hmac) that signs each request anew; and `hookctl fuzz`, its adaptive phase alone, which also mutates each event and looks at
# each answer. The first two send the fixture of that event. Every round visits each of them before the next; medians, ratios inside a
# round. CPU is the sender's user and system time a request: unlike requests a second it says the same on a busy machine. hookctl's requests a
# second are those of the whole run, as its report has it. Needs wrk, go and a C++ compiler (apt-get install -y wrk golang-go g++).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
hookctl=$(realpath "$1")
rounds=${2:-5}
requests=${3:-200000}
event=price.created  # about 1 KB
for tool in wrk:wrk go:golang-go c++:g++ python3:python3; do
  command -v "${tool%%:*}" >/dev/null || { echo "fuzz.sh: ${tool%%:*} is not installed: apt-get install -y ${tool##*:}" >&2; exit 2; }
done
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT

c++ -std=c++20 -O2 "$here/responder.cpp" -o "$work/responder"
(cd "$work" && GOCACHE="$work/go" go build -o "$work/sender" "$here/sender.go")
taskset -c 1 "$work/responder" >"$work/port" &
for _ in $(seq 100); do [ -s "$work/port" ] && break; sleep 0.05; done
url="http://127.0.0.1:$(cat "$work/port")/hook"
"$hookctl" sign --provider stripe --secret whsec_bench --body "$here/../../fixtures/stripe/$event.json" --json >"$work/signed.json"

cd "$work"
python3 - "$hookctl" "$url" "$rounds" "$requests" "$event" <<'PY'
import base64, json, os, re, shutil, statistics, subprocess, sys, time

hookctl, url, rounds, requests, event = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
signed = json.load(open('signed.json'))
body = base64.b64decode(signed['body_base64'])
open('body.json', 'wb').write(body)
with open('post.lua', 'w') as lua:
    print('wrk.method = "POST"\nwrk.body = io.open("body.json", "rb"):read("*a")', file=lua)
    for name, value in signed['headers'].items():
        if name.lower() not in ('content-length', 'host'): print(f'wrk.headers[{json.dumps(name)}] = {json.dumps(value)}', file=lua)

def run(command):
    """What it wrote, seconds by the clock, and CPU seconds; on CPU 0."""
    with open('out', 'wb') as out:
        begun = time.monotonic()
        pid = os.fork()
        if pid == 0:
            os.sched_setaffinity(0, {0})
            os.dup2(out.fileno(), 1)
            os.execvp(command[0], command)
        _, status, usage = os.wait4(pid, 0)
    return open('out', errors='replace').read(), time.monotonic() - begun, usage.ru_utime + usage.ru_stime

def wrk():
    text, clock, cpu = run(['wrk', '-t1', '-c64', '-d3s', '-s', 'post.lua', url])
    count = int(re.search(r'(\d+) requests in', text)[1])
    return count / float(re.search(r'requests in ([\d.]+)s', text)[1]), cpu / count * 1e6

def go():
    text, clock, cpu = run(['./sender', url, 'body.json', 'whsec_bench', '64', '3'])
    good, bad = map(int, text.split())
    if bad: sys.exit(f'the Go sender had {bad} requests that were not answered 200')
    return good / 3, cpu / good * 1e6

def fuzz():
    shutil.rmtree('.hookctl', ignore_errors=True)  # what earlier rounds have kept would be tried first
    text, clock, cpu = run([hookctl, 'fuzz', '--to', url, '--provider', 'stripe', '--secret', 'whsec_bench', '--event', event, '--phases', 'adaptive',
                            '--concurrency', '64', '--requests', str(requests), '--time', '60s', '--report', 'json=report.json'])
    report = json.load(open('report.json'))
    count = report['requests']
    if count < requests / 10: sys.exit(f'hookctl sent {count} requests only:\n{text}')
    return count / (report['duration_ms'] / 1000), cpu / count * 1e6

senders = {'wrk': wrk, 'go': go, 'fuzz': fuzz}
cells = {name: [] for name in senders}
for _ in range(rounds):
    for name, send in senders.items(): cells[name].append(send())

print(f'{len(body)} bytes of body, 64 connections, {rounds} rounds')
print(f'{"sender":8}{"req/s":>10}{"us CPU":>9}{"req/s / wrk":>13}{"CPU / wrk":>11}{"req/s / go":>12}{"CPU / go":>10}')
median = statistics.median
for name, own in cells.items():
    ratios = [median(a[k] / b[k] for a, b in zip(own, cells[other])) for other in ('wrk', 'go') for k in (0, 1)]
    print(f'{name:8}{median(c[0] for c in own):10.0f}{median(c[1] for c in own):9.1f}{ratios[0]:13.2f}{ratios[1]:11.2f}{ratios[2]:12.2f}{ratios[3]:10.2f}')
for words, other, wanted in (('fuzz / wrk', 'wrk', 0.7), ('fuzz / go', 'go', 3)):
    value = median(a[0] / b[0] for a, b in zip(cells['fuzz'], cells[other]))
    print(f'{words:12}{value:6.2f}  (goal {wanted}: {"met" if value >= wanted else "missed"})')
PY
