#!/usr/bin/env bash
# Forwarding beside nginx: forward.sh PATH_OF_HOOKCTL [ROUNDS] [SECONDS]
#
# wrk (64 connections, 1 KB signed body) → the forwarder on CPU 0 → an nginx that answers 200, on CPU 1 with wrk. Every round visits every
# forwarder before the next round; medians, and ratios taken inside a round. nginx only forwards; hookctl verifies the signature and keeps
# each request in its journal (SQLite, synchronous=FULL) before it answers. CPU is user and system time of the forwarder's processes, from
# /proc, divided by the requests answered. Needs nginx and wrk (bash apps/apt.sh nginx-light wrk).
set -euo pipefail
hookctl=$(realpath "$1")
rounds=${2:-7}
seconds=${3:-3}
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT

free_port() { node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'; }
nginx_conf() { # NAME CPU_NOTE HTTP_BLOCK
  cat >"$work/$1.conf" <<CONF
worker_processes 1; daemon off; pid $work/$1.pid; error_log /dev/null;
events { worker_connections 2048; }
http { access_log off; keepalive_requests 100000000; client_body_temp_path $work/b; proxy_temp_path $work/p; fastcgi_temp_path $work/f; uwsgi_temp_path $work/u; scgi_temp_path $work/s;
$2
}
CONF
}
backend=$(free_port); proxy=$(free_port)
nginx_conf backend "server { listen 127.0.0.1:$backend; location / { return 200 'ok'; } }"
nginx_conf proxy "upstream up { server 127.0.0.1:$backend; keepalive 128; keepalive_requests 100000000; }
server { listen 127.0.0.1:$proxy; client_body_buffer_size 64k; location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ''; } }"
taskset -c 1 nginx -c "$work/backend.conf" 2>/dev/null &
taskset -c 0 nginx -c "$work/proxy.conf" 2>/dev/null & proxy_pid=$!

head -c 1000 /dev/zero | tr '\0' 'x' | sed 's/.*/{"id":"evt_bench","type":"invoice.paid","pad":"&"}/' | head -c 1044 >"$work/body.json"
"$hookctl" sign --provider stripe --secret whsec_bench --body "$work/body.json" --json >"$work/signed.json"
node -e '
const fs = require("fs"); const r = JSON.parse(fs.readFileSync(process.argv[1]));
let lua = "wrk.method = \"POST\"\nwrk.body = " + JSON.stringify(Buffer.from(r.body_base64, "base64").toString()) + "\n";
for (const [k, v] of Object.entries(r.headers)) if (!/^(content-length|host)$/i.test(k)) lua += `wrk.headers[${JSON.stringify(k)}] = ${JSON.stringify(v)}\n`;
fs.writeFileSync(process.argv[2], lua);' "$work/signed.json" "$work/post.lua"

start_hookctl() { # NAME OPTIONS...
  local name=$1; shift
  (cd "$work" && exec taskset -c 0 "$hookctl" listen --port 0 --ready-file "$work/$name.ready" --forward-to "http://127.0.0.1:$backend" --tolerance 1d --quiet --journal "$work/$name.db" "$@") >/dev/null &
  for _ in $(seq 100); do [ -s "$work/$name.ready" ] && break; sleep 0.05; done
}
start_hookctl verified --provider stripe --secret whsec_bench
verified_pid=$!; verified=$(cut -d: -f2 "$work/verified.ready")
sleep 0.3

ticks() { local pid sum=0 t; for pid in "$1" $(pgrep -P "$1" || true); do t=$(awk '{print $14+$15}' "/proc/$pid/stat"); sum=$((sum + t)); done; echo "$sum"; }
cell() { # NAME PID PORT CONNECTIONS
  local before after out requests
  before=$(ticks "$2")
  out=$(taskset -c 1 wrk -t1 -c"$4" -d"${seconds}s" --latency -s "$work/post.lua" "http://127.0.0.1:$3/")
  after=$(ticks "$2")
  requests=$(awk '/requests in/ {print $1}' <<<"$out")
  bad=$(awk '/Non-2xx/ {print $NF}' <<<"$out")
  printf '%s %s %s %s %s %s\n' "$1" "$4" "$requests" "$((after - before))" "$(awk '/50%/ {print $2}' <<<"$out")" "${bad:-0}" | tee -a "$work/cells"
}
echo "forwarder connections requests cpu_ticks p50 non2xx"
for _ in $(seq "$rounds"); do
  cell nginx "$proxy_pid" "$proxy" 64
  cell hookctl "$verified_pid" "$verified" 64
done
node -e '
const rows = require("fs").readFileSync(process.argv[1], "utf8").trim().split("\n").map((l) => l.split(" "));
const seconds = Number(process.argv[2]); const median = (v) => v.slice().sort((a, b) => a - b)[Math.floor(v.length / 2)];
const of = (n) => rows.filter((r) => r[0] === n).map((r) => ({ rate: r[2] / seconds, cpu: r[3] * 1e4 / r[2], bad: Number(r[5]) }));
const nginx = of("nginx"), ours = of("hookctl");
const ratio = (k) => median(ours.map((o, i) => o[k] / nginx[i][k])).toFixed(2);
console.log(`nginx    ${median(nginx.map((x) => x.rate)).toFixed(0)} req/s  ${median(nginx.map((x) => x.cpu)).toFixed(1)} us CPU a request`);
console.log(`hookctl  ${median(ours.map((x) => x.rate)).toFixed(0)} req/s  ${median(ours.map((x) => x.cpu)).toFixed(1)} us CPU a request  (non-2xx: ${ours.reduce((s, x) => s + x.bad, 0)})`);
console.log(`ratio    ${ratio("rate")} req/s, ${ratio("cpu")} CPU`);' "$work/cells" "$seconds"
