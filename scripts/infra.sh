#!/usr/bin/env bash
# Local infrastructure: Postgres and Kafka, by the AppHost in the background.
#
#   scripts/infra.sh up             start it, unless it runs already
#   scripts/infra.sh down           stop it; the database's data stays
#   scripts/infra.sh down --data    stop it and delete the data
#   scripts/infra.sh status         what runs, and where
#   scripts/infra.sh env            the addresses as export lines: eval "$(scripts/infra.sh env)"
#
# Containers if docker or podman answers, otherwise local processes: PostgreSQL from its own programs with its data in
# .local/pg, and eng/LocalKafka, which keeps its topics in memory. INFRA=containers or INFRA=local overrides that.
# If DATABASE_URL or KAFKA_BROKERS is set, that server is used and nothing is started for it. .env may hold settings
# (see .env.example). Log: .local/run/infrastructure.log.
set -euo pipefail
# shellcheck source=lib/load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"

up() {
    if ! status >/dev/null; then
        build ServiceDesk.AppHost
        stop_on_exit apphost_stop_started
        apphost_start infrastructure --only=infrastructure
        stop_on_exit :
        grep '^Infrastructure: ' "$RUN_DIR/infrastructure.log"
    fi
    status
    say "use it by hand: eval \"\$(scripts/infra.sh env)\""
}

status() {
    use_running || [[ -n ${DATABASE_URL-} && -n ${KAFKA_BROKERS-} ]] || { say "not running" && return 1; }
    say "Postgres  $(sed -E 's#(://[^:/@]*):[^@]*@#\1:***@#' <<<"${DATABASE_URL-not given}")"
    say "Kafka     ${KAFKA_BROKERS-not given}"
}

# The folder may stand for one elsewhere, where PostgreSQL's user could not reach it.
delete_data() {
    local runtime
    rm -rf -- "$(readlink -f "$LOCAL_DIR/pg")" "$LOCAL_DIR/pg" "$LOCAL_DIR/postgres-password"
    for runtime in docker podman; do
        "$runtime" volume rm --force servicedesk-postgres-data servicedesk-kafka-data >/dev/null 2>&1 || true
    done
    say "its data: deleted"
}

case ${1---help} in
    up) up ;;
    down)
        [[ $# -eq 1 || ${2-} == --data ]] || usage_error "down: unknown option $2"
        apphost_stop infrastructure
        say "infrastructure: stopped"
        [[ ${2-} != --data ]] || delete_data
        ;;
    status) status ;;
    env)
        require_servers
        printf 'export DATABASE_URL=%q KAFKA_BROKERS=%q\n' "${DATABASE_URL-}" "${KAFKA_BROKERS-}"
        ;;
    -h | --help) show_help ;;
    *) usage_error "unknown command $1" ;;
esac
