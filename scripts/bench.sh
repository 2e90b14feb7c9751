#!/usr/bin/env bash
# Measures how fast everything is, each figure in turns with a baseline next to it: what pgbench, the same SQL alone, or a
# bare Kafka client reach on the same servers at the same time. Prints a table, and writes it to bench/results/latest.md.
#
#   scripts/bench.sh                      everything; takes about an hour
#   CASE=relay scripts/bench.sh           one case: CASES; written to latest-relay.md
#   QUICK=1 scripts/bench.sh              small sizes, minutes; the figures mean little; written to latest-quick.md
#
# A run in which a case breaks off is written to latest-incomplete.md.
#
# The run has a PostgreSQL cluster of its own, with default settings (fsync and synchronous_commit on; only the number of
# connections is raised), and a broker of its own: containers where docker or podman answers, local processes otherwise.
# LocalKafka is no Kafka: for figures that count, have containers, or name servers by DATABASE_URL and KAFKA_BROKERS; on
# those it makes databases and topics named bench..., and deletes them. Only the case of a slow broker is always measured
# with LocalKafka, which can be told to be slow. pgbench is looked for beside PostgreSQL's programs and on the PATH.
# POSTGRES_PORT, KAFKA_PORT, LOCAL_KAFKA_PORT and KAFKA_CONTROL_PORT change the ports.
set -euo pipefail

# Beside what a developer may have running. The load of another system would be measured as well, though.
: "${POSTGRES_PORT:=5442}" "${KAFKA_PORT:=29192}" "${KAFKA_CONTROL_PORT:=29193}" "${LOCAL_KAFKA_PORT:=29194}"
export COMPOSE_PROJECT_NAME=servicedesk-bench
# shellcheck source=lib/load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"

CASES="api relay notifier latency cost"

# Servers and data of the run, apart from those for development.
use_own_folder() {
    LOCAL_DIR=$ROOT/.local/bench
    RUN_DIR=$LOCAL_DIR/run
    mkdir -p "$RUN_DIR"
}

# A run that was killed leaves its servers.
remove_left_servers() {
    kafka_stop
    if [[ $INFRA == local ]]; then
        postgres_stop
        rm -rf -- "$(postgres_data)"
    fi
}

# shellcheck disable=SC2317 # Called on exit.
stop_all() {
    infrastructure_stop_started
    remove_left_servers
    if [[ $INFRA == containers ]]; then
        compose down --volumes >>"$RUN_DIR/compose.log" 2>&1 || warn "the volumes of $COMPOSE_PROJECT_NAME were not deleted"
    fi
}

# Exports PGBENCH when it is there.
find_pgbench() {
    local folder
    if folder=$(postgres_programs) && [[ -x $folder/pgbench ]]; then
        export PGBENCH=$folder/pgbench
    elif PGBENCH=$(command -v pgbench); then
        export PGBENCH
    fi
}

start_servers() {
    local ports
    choose_infrastructure
    stop_on_exit stop_all
    remove_left_servers
    mapfile -t ports < <(
        infrastructure_ports
        broker_is_local_kafka || printf '%s\n' "$LOCAL_KAFKA_PORT LocalKafka LOCAL_KAFKA_PORT" \
            "$KAFKA_CONTROL_PORT LocalKafka-control KAFKA_CONTROL_PORT"
    )
    require_free_ports "${ports[@]}"
    # The API, the relays and pgbench with 128 clients.
    POSTGRES_OPTIONS='-c max_connections=300'
    infrastructure_start
    export LOCAL_KAFKA=$KAFKA_BROKERS LOCAL_KAFKA_CONTROL=$KAFKA_CONTROL_URL
    broker_is_local_kafka || start_local_kafka_beside
}

broker_is_local_kafka() { [[ $INFRA == local && -z $KAFKA_IS_GIVEN ]]; }

start_local_kafka_beside() {
    KAFKA_PORT=$LOCAL_KAFKA_PORT kafka_start
    LOCAL_KAFKA=127.0.0.1:$LOCAL_KAFKA_PORT
    say "LocalKafka $LOCAL_KAFKA: started, for the case of a slow broker"
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

build_solution
use_own_folder
publish_services
start_servers
find_pgbench
interruptible dotnet "$(program bench ServiceDesk.Bench)" "${arguments[@]}"
