#!/usr/bin/env bash
# Start-up beside other tools: startup.sh PATH_OF_HOOKCTL FOLDER_WITH_NODE_MODULES [ROUNDS]
#
# FOLDER holds the peers from npm (npm install @stripe/cli hookdeck-cli). User and system time and peak memory of each command, measured in
# interleaved rounds; medians.
set -euo pipefail
hookctl=$(realpath "$1")
folder=$(realpath "$2")
rounds=${3:-15}
stripe=$(find "$folder/node_modules" -type f -name stripe -perm -u+x -size +1M | head -n 1)
hookdeck=$(find "$folder/node_modules/hookdeck-cli/binaries" -type f -name hookdeck -path "*linux-$(uname -m | sed 's/x86_64/amd64/;s/aarch64/arm64/')*" | head -n 1)
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
exec env -i HOME="$home" PATH="$PATH" python3 - "$rounds" "$hookctl --help" "$hookctl version" "$stripe --help" "$hookdeck --help" <<'PY'
import os, statistics, sys
rounds, commands = int(sys.argv[1]), [c for c in sys.argv[2:] if not c.startswith(' ')]
cells = {c: [] for c in commands}
for _ in range(rounds):
    for command in commands:
        pid = os.fork()
        if pid == 0:
            null = os.open('/dev/null', os.O_RDWR)
            for fd in (0, 1, 2): os.dup2(null, fd)
            os.execv(command.split()[0], command.split())
        usage = os.wait4(pid, 0)[2]
        cells[command].append(((usage.ru_utime + usage.ru_stime) * 1000, usage.ru_maxrss / 1024))
for command, values in cells.items():
    name = os.path.basename(command.split()[0]) + ' ' + ' '.join(command.split()[1:])
    print(f"{name:24} {statistics.median(v[0] for v in values):8.2f} ms CPU  {statistics.median(v[1] for v in values):7.1f} MB")
PY
