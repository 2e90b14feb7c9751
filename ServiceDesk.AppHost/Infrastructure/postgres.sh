#!/usr/bin/env bash
# Runs PostgreSQL in the foreground for as long as the AppHost wants it; makes the database cluster on the first start.
#
#   postgres.sh FOLDER    with the data in FOLDER/pg and the password in FOLDER/postgres-password
#
# The port is in POSTGRES_PORT. It is the cluster that scripts/infra.sh uses as well, so both find the same data.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
LOCAL_DIR=$1
RUN_DIR=$LOCAL_DIR/run
# shellcheck source=../../scripts/lib/console.sh
source "$ROOT/scripts/lib/console.sh"
# shellcheck source=../../scripts/lib/settings.sh
source "$ROOT/scripts/lib/settings.sh"
# shellcheck source=../../scripts/lib/processes.sh
source "$ROOT/scripts/lib/processes.sh"
# shellcheck source=../../scripts/lib/postgres.sh
source "$ROOT/scripts/lib/postgres.sh"

postgres_programs >/dev/null ||
    die "PostgreSQL's server programs (initdb, postgres, pg_ctl) are neither on the PATH nor in" \
        "/usr/lib/postgresql/*/bin. Install them, start a container runtime, or use --infrastructure external."
is_free() { ! postgres_is_running; }
# An AppHost that was just stopped leaves its processes to end by themselves, which takes some seconds.
until_true 20 is_free ||
    die "the database in $(postgres_data) is running already. Stop it with scripts/infra.sh down, or use it:" \
        "--infrastructure external, with ConnectionStrings__servicedesk and ConnectionStrings__kafka"

programs=$(postgres_programs)
data=$(postgres_data)
mkdir -p "$RUN_DIR" "$data"
((EUID != 0)) || chown "$(postgres_os_user)" "$data"
chmod 700 "$data"
[[ -f $data/PG_VERSION ]] || postgres_create "$programs" "$data"

# Not through runuser, as it kills what it runs two seconds after a signal; setpriv becomes the server.
as_user=()
if ((EUID == 0)); then
    user=$(postgres_os_user)
    as_user=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --init-groups --)
fi

# SIGINT is PostgreSQL's fast shutdown. On SIGTERM it would wait for its clients, and the AppHost kills after 6 seconds.
trap 'kill -INT "$server" 2>/dev/null; wait "$server" || true; exit 0' TERM INT HUP
cd "$data"
"${as_user[@]}" "$programs/postgres" -D "$data" -p "$POSTGRES_PORT" \
    -c listen_addresses=localhost -c unix_socket_directories= </dev/null 2>&1 &
server=$!
wait "$server"
