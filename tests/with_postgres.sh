#!/usr/bin/env bash
# Runs the test suite on a PostgreSQL made for this run alone, on a socket in a temporary folder, and removes it after.
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
folder=$(mktemp -d)
run() { "$@"; }
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to be root
  chown postgres "$folder"
  run() { runuser -u postgres -- "$@"; }
fi
stop() {
  run "$bin/pg_ctl" --pgdata "$folder/data" --mode immediate --silent stop || true
  rm -rf "$folder"
}
trap stop EXIT
run "$bin/initdb" --pgdata "$folder/data" --auth trust --username uptake --encoding UTF8 --no-sync >/dev/null
run "$bin/pg_ctl" --pgdata "$folder/data" --silent --wait --log "$folder/log" \
  --options "-k $folder -c listen_addresses='' -c fsync=off -c max_connections=200" start
run "$bin/createdb" --host "$folder" --username uptake uptake
DATABASE_URL="postgres://uptake@$(printf %s "$folder" | sed 's|/|%2F|g')/uptake" "${PYTEST:-pytest}" -n 2 "$@"
