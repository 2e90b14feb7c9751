#!/usr/bin/env bash
# Local infrastructure: Postgres and Kafka.
#
#   scripts/infra.sh up             start what is not running yet
#   scripts/infra.sh down           stop it; the database's data stays
#   scripts/infra.sh down --data    stop it and delete the data
#   scripts/infra.sh status         what runs, and where
#   scripts/infra.sh env            the addresses as export lines: eval "$(scripts/infra.sh env)"
#
# Containers where docker or podman answers (infra/local/compose.yaml), local processes otherwise: PostgreSQL from its
# own programs with its data in .local/pg, and eng/LocalKafka, which keeps its topics in memory. INFRA=containers or
# INFRA=local decides otherwise. Where DATABASE_URL or KAFKA_BROKERS is set, that server is used and nothing is started
# for it. Settings may stand in .env (see .env.example). Logs: .local/run.
set -euo pipefail
# shellcheck source=lib/load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"

up() {
    local ports
    choose_infrastructure
    mapfile -t ports < <(infrastructure_ports)
    require_free_ports "${ports[@]}"
    if [[ $INFRA == local && -z $KAFKA_IS_GIVEN ]]; then
        require_built eng/LocalKafka
    fi
    stop_on_exit infrastructure_stop_started
    infrastructure_start
    STARTED_INFRASTRUCTURE=()
    keep_running
    say "use it by hand: eval \"\$(scripts/infra.sh env)\""
}

down() {
    local servers=()
    choose_infrastructure
    [[ -n $POSTGRES_IS_GIVEN ]] || servers+=(postgres)
    [[ -n $KAFKA_IS_GIVEN ]] || servers+=(kafka)
    infrastructure_stop "${servers[@]}"
    say "infrastructure: stopped"
    if [[ ${1-} == --data ]]; then
        delete_data
        say "its data: deleted"
    fi
}

delete_data() {
    if [[ $INFRA == containers ]]; then
        compose down --volumes >>"$RUN_DIR/compose.log" 2>&1 || warn "the volumes were not deleted"
    else
        rm -rf -- "$(postgres_data)"
    fi
    rm -f "$LOCAL_DIR/postgres-password"
}

status() {
    local server state all=0
    choose_infrastructure
    say "infrastructure: $INFRA"
    for server in postgres kafka; do
        if server_is_given "$server"; then
            state=given
        elif server_is_running "$server"; then
            state=running
        else
            state=stopped all=1
        fi
        say "  $(server_line "$server"): $state"
    done
    return "$all"
}

case ${1---help} in
    up) up ;;
    down)
        [[ $# -eq 1 || ${2-} == --data ]] || usage_error "down: unknown option $2"
        down "${2-}"
        ;;
    status) status ;;
    env)
        choose_infrastructure
        printf 'export DATABASE_URL=%q KAFKA_BROKERS=%q\n' "$DATABASE_URL" "$KAFKA_BROKERS"
        ;;
    -h | --help) show_help ;;
    *) usage_error "unknown command $1" ;;
esac
