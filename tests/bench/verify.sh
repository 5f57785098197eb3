#!/usr/bin/env bash
# Bulk verification beside other ways to do it: verify.sh PATH_OF_HOOKCTL FOLDER_WITH_NODE_MODULES [ROUNDS] [EVENTS]
#
# 100,000 signed Stripe events of 1 KB as JSON Lines, one in a thousand with a wrong signature, are verified by hookctl (which also writes an
# answer for each), by node with the stripe SDK, and by Python's hmac and json; `openssl speed` says what HMAC alone would allow. Every round
# visits all of them on CPU 0 before the next round. Events a second are by CPU time (user and system), so that neighbours do not count; only
# two threads against one is by the clock, in rounds of their own on CPUs 0 and 1. Medians; ratios are taken inside a round. At the end, the
# memory that 1 GB from standard input takes. FOLDER holds the SDK (npm install stripe; tests/interop has it).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
hookctl=$(realpath "$1")
folder=$(realpath "$2")
rounds=${3:-7}
events=${4:-100000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
node "$here/verify_events.mjs" "$events" 1024 whsec_bench 1700000000 >"$work/events.jsonl"
cd "$work"
python3 - "$hookctl" "$folder" "$here" "$rounds" "$events" <<'PY'
import filecmp, os, re, statistics, subprocess, sys, time

hookctl, folder, here, rounds, events = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
verify = [hookctl, 'verify', '--secret', 'whsec_bench', '--now', '1700000000', '--records']
good = events - events // 1000
print(f'{events} events, {os.path.getsize("events.jsonl") / events:.0f} bytes a line, {rounds} rounds; events a second', flush=True)

def run(command, cpus, output, feed=None):
    """CPU seconds, seconds by the clock and peak memory in MB of one run."""
    if os.path.exists(output): os.remove(output)
    answers = os.open(output, os.O_WRONLY | os.O_CREAT, 0o600)
    begun = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.sched_setaffinity(0, cpus)
        os.dup2(answers, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        if feed is not None: os.dup2(feed, 0)
        os.execvp(command[0], command)
    _, _, usage = os.wait4(pid, 0)
    ended = time.monotonic()
    os.close(answers)
    return usage.ru_utime + usage.ru_stime, ended - begun, usage.ru_maxrss / 1024

def openssl_rate():
    out = subprocess.run(['taskset', '-c', '0', 'openssl', 'speed', '-hmac', 'sha256', '-bytes', '1024', '-seconds', '1'], capture_output=True, text=True).stdout
    return float(re.findall(r'hmac\(sha256\)\s+([\d.]+)k', out)[0]) * 1000 / 1024

def count_good(path):
    with open(path) as lines: text = lines.read()
    return text.count('"valid":true') if '"valid"' in text else int(text)

peers = {
    'hookctl': verify + ['events.jsonl', '--threads', '1'],
    'node': ['node', f'{here}/verify_node.mjs', folder, 'events.jsonl', 'whsec_bench', '1700000000'],
    'python': ['python3', f'{here}/verify_python.py', 'events.jsonl', 'whsec_bench', '1700000000'],
}
rates = {name: [] for name in [*peers, 'openssl']}
speedups = []
for _ in range(rounds):
    for name, command in peers.items():
        cpu, _, _ = run(command, {0}, name + '.out')
        rates[name].append(events / cpu)
        if count_good(name + '.out') != good: sys.exit(f'{name} found {count_good(name + ".out")} good, {good} are')
    rates['openssl'].append(openssl_rate())
for _ in range(2 * rounds):
    both = [run(verify + ['events.jsonl', '--threads', str(n)], {0, 1}, f'{n}.out')[1] for n in (1, 2)]
    speedups.append(both[0] / both[1])
if not filecmp.cmp('1.out', '2.out', shallow=False): sys.exit('two threads answer otherwise than one')

for name, values in rates.items(): print(f'{name:8} {statistics.median(values):9.0f}')
def goal(words, values, wanted):
    value = statistics.median(values)
    print(f'{words:32} {value:5.2f}  (goal {wanted}: {"met" if value >= wanted else "missed"})')
for name, wanted in (('node', 4), ('python', 3), ('openssl', 0.25)):
    goal(f'hookctl / {name}', [ours / theirs for ours, theirs in zip(rates['hookctl'], rates[name])], wanted)
goal('two threads / one, by the clock', speedups, 1.7)

copies = 2**30 // os.path.getsize('events.jsonl') + 1
for words, feeder in ((f'{copies * events} events, 1 GB from standard input', f'for i in $(seq {copies}); do cat events.jsonl; done'), ('one line of 1 GB', "head -c 1G /dev/zero | tr '\\0' x")):
    feed = subprocess.Popen(['bash', '-c', feeder], stdout=subprocess.PIPE)
    _, clock, peak = run(verify + ['-', '--threads', '2'], {0, 1}, 'large.out', feed.stdout.fileno())
    feed.wait()
    print(f'{words}: peak memory {peak:.1f} MB, {clock:.1f} s')
PY
