#!/usr/bin/env bash
# Measures how fast everything is, each figure in turns with a baseline next to it. Prints a table, and writes it to
# bench/results/latest.md; a run in which a case breaks off, to latest-incomplete.md.
#
#   scripts/bench.sh                      everything; takes about an hour
#   CASE=relay scripts/bench.sh           one case: CASES; written to latest-relay.md
#   QUICK=1 scripts/bench.sh              small sizes, minutes; the figures mean little; written to latest-quick.md
#
# The run has a PostgreSQL cluster with default settings and a broker of its own: containers where docker or podman
# answers, local processes otherwise. LocalKafka is no Kafka: for figures that count, have containers, or name servers
# by DATABASE_URL and KAFKA_BROKERS; on those it makes databases and topics named bench..., and deletes them. Only the
# case of a slow broker is always measured with LocalKafka. pgbench is used where it is installed.
# POSTGRES_PORT, KAFKA_PORT, LOCAL_KAFKA_PORT and KAFKA_CONTROL_PORT change the ports.
set -euo pipefail

# Beside what a developer may have running. The load of another system would be measured as well, though.
: "${POSTGRES_PORT:=5442}" "${KAFKA_PORT:=29192}" "${KAFKA_CONTROL_PORT:=29193}" "${LOCAL_KAFKA_PORT:=29194}"
export POSTGRES_PORT KAFKA_PORT KAFKA_CONTROL_PORT
# shellcheck source=lib/load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"

CASES="api relay profile backlog notifier pipeline latency scale cost"
DATA=$LOCAL_DIR/bench

# shellcheck disable=SC2317 # Called on exit.
stop_all() {
    [[ -z ${BESIDE_PID-} ]] || end_process "$BESIDE_PID" 10
    apphost_stop_started
    rm -rf -- "$(readlink -f "$DATA/pg")" "$DATA"
}

start_servers() {
    # A run that was killed leaves its servers and their data.
    apphost_stop bench
    rm -rf -- "$(readlink -f "$DATA/pg")" "$DATA"
    stop_on_exit stop_all
    if [[ -z ${DATABASE_URL-} || -z ${KAFKA_BROKERS-} ]]; then
        apphost_start bench --only=infrastructure --ServiceDesk:DataFolder="$DATA"
    fi
    export LOCAL_KAFKA=$KAFKA_BROKERS LOCAL_KAFKA_CONTROL=${KAFKA_CONTROL_URL-}
    [[ -n $LOCAL_KAFKA_CONTROL ]] || start_local_kafka_beside
}

start_local_kafka_beside() {
    local log=$RUN_DIR/bench-kafka.log
    LOCAL_KAFKA=127.0.0.1:$LOCAL_KAFKA_PORT LOCAL_KAFKA_CONTROL=http://127.0.0.1:$KAFKA_CONTROL_PORT
    dotnet "$(program eng/LocalKafka)" --port "$LOCAL_KAFKA_PORT" --control-port "$KAFKA_CONTROL_PORT" >"$log" 2>&1 &
    BESIDE_PID=$!
    until_true 30 grep -q '^LocalKafka ready' "$log" || fail_with_log "$log" "LocalKafka did not get ready"
}

arguments=(--results "$ROOT/bench/results")
case ${1-} in
    '') ;;
    -h | --help)
        show_help | sed "s/CASES/${CASES// /, }/"
        exit
        ;;
    *) usage_error "unknown option $1" ;;
esac
if [[ -n ${CASE-} ]]; then
    [[ " $CASES " == *" $CASE "* ]] || usage_error "CASE=$CASE: expected one of $CASES"
    arguments+=(--case "$CASE")
fi
! is_on "${QUICK-}" || arguments+=(--quick)

build
publish_services
start_servers
PGBENCH=$(compgen -G '/usr/lib/postgresql/*/bin/pgbench' | tail -n 1 || command -v pgbench || true)
export PGBENCH
dotnet "$(program bench ServiceDesk.Bench)" "${arguments[@]}"
