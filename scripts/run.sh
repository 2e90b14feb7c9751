#!/usr/bin/env bash
# Runs the whole system in the foreground: infrastructure, migration, the three services. Ctrl-C stops everything that
# it started; what ran before goes on.
#
#   scripts/run.sh
#
# Settings: environment or .env (see .env.example). Logs: .local/run.
set -euo pipefail
# shellcheck source=lib/load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"

print_addresses() {
    local service api
    api=$(service_url ticket-api)
    say ""
    for service in "${SERVICES[@]}"; do
        say "$(printf '%-13s %s  /healthz /readyz /metrics   log: .local/run/%s.log' \
            "$service" "$(service_url "$service")" "$service")"
    done
    say ""
    say "ServiceDesk is running. Post a ticket:"
    say ""
    say "  curl -i $api/tickets -H 'Content-Type: application/json' \\"
    say "    -d '{\"title\":\"Printer on fire\",\"description\":\"Room 4.12, second floor\"}'"
    say ""
    say "and see where it went: scripts/diag.sh outbox, processed, peek. The API's description: $api/openapi/v1.json"
    say "Ctrl-C stops everything."
}

# shellcheck disable=SC2317 # Called on exit.
stop_all() {
    ((${#STARTED_SERVICES[@]} + ${#STARTED_INFRASTRUCTURE[@]})) || return 0
    say ""
    say "stopping ..."
    services_stop_started
    infrastructure_stop_started
    say "stopped"
}

# Waits until one of the processes has ended, and says which.
wait_for_an_end() {
    local name pid ended status=0
    local -A names=()
    local watched=("${STARTED_SERVICES[@]}")
    # Postgres and containers are no children of this script. Without them the services go on, not ready.
    [[ " ${STARTED_INFRASTRUCTURE[*]} " != *" kafka "* || $INFRA == containers ]] || watched+=(kafka)
    for name in "${watched[@]}"; do
        pid=$(running_pid "$name") || report_end "$name" unknown
        names[$pid]=$name
    done
    wait -n -p ended "${!names[@]}" || status=$?
    report_end "${names[$ended]}" "$status"
}

report_end() {
    show_log_end "$1"
    die "$1 ended by itself (exit code $2)"
}

case ${1-} in
    '') ;;
    -h | --help)
        show_help
        exit
        ;;
    *) usage_error "unknown option $1" ;;
esac

choose_infrastructure
mapfile -t ports < <(infrastructure_ports; service_ports)
require_free_ports "${ports[@]}"
stop_on_exit stop_all
build_solution
require_valid_settings
infrastructure_start
migrate
say "migrated"
services_start
print_addresses
wait_for_an_end
