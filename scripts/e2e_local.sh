#!/usr/bin/env bash
# The whole pipeline, checked on this machine: starts the infrastructure, migrates, starts the three services, posts a
# ticket and follows it. One line per check; the exit code tells whether all were ok. Stops everything it started, also
# on Ctrl-C or failure; what ran before goes on.
#
#   scripts/e2e_local.sh                  one ticket: outbox, Kafka, processed_events, log, metrics
#   scripts/e2e_local.sh --demo-notify    a poison event ends failed and on the dead-letter topic, others go on
#   scripts/e2e_local.sh --demo-outbox    Kafka stops and returns: tickets are accepted, nothing is lost
#   scripts/e2e_local.sh --keep           as without an option, and leaves everything running
#   scripts/e2e_local.sh --stop           ends what --keep left running
#
# Settings: environment or .env (see .env.example). Logs: .local/run.
set -euo pipefail
# shellcheck source=lib/load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"
# shellcheck source=lib/checks.sh
source "$ROOT/scripts/lib/checks.sh"
# shellcheck source=lib/follow_ticket.sh
source "$ROOT/scripts/lib/follow_ticket.sh"
# shellcheck source=lib/demo_notify.sh
source "$ROOT/scripts/lib/demo_notify.sh"
# shellcheck source=lib/demo_outbox.sh
source "$ROOT/scripts/lib/demo_outbox.sh"

KEEP=

# shellcheck disable=SC2317 # Called on exit.
stop_all() {
    kafka_resume
    [[ -n $KEEP && $1 -eq 0 ]] && return 0
    services_stop_started
    infrastructure_stop_started
}

start_all() {
    local ports started
    mapfile -t ports < <(infrastructure_ports; service_ports)
    require_free_ports "${ports[@]}"
    stop_on_exit stop_all
    build_solution
    require_valid_settings
    infrastructure_start
    migrate
    started=$(now_ms)
    services_start
    ok "ticket-api, outbox-relay and notifier are ready ($(($(now_ms) - started)) ms)"
}

stop_kept() {
    local service servers=()
    for service in "${SERVICES[@]}"; do stop_process "$service"; done
    server_is_given postgres || servers+=(postgres)
    server_is_given kafka || servers+=(kafka)
    infrastructure_stop "${servers[@]}"
    say "stopped"
}

finish() {
    if ((CHECKS_FAILED)); then
        say "e2e: FAILED, $CHECKS_FAILED of $CHECKS checks; logs: .local/run"
        exit 1
    fi
    say "e2e: all $CHECKS checks ok"
    if [[ -n $KEEP ]]; then
        local service
        keep_running
        say "left running; end it with: scripts/e2e_local.sh --stop"
        for service in "${SERVICES[@]}"; do say "  $service $(service_url "$service")"; done
    fi
}

check=follow_ticket
case ${1-} in
    '') ;;
    --keep) KEEP=yes ;;
    --demo-notify) check=demo_notify ;;
    --demo-outbox) check=demo_outbox ;;
    --stop) check=stop_kept ;;
    -h | --help)
        show_help
        exit
        ;;
    *) usage_error "unknown option $1" ;;
esac
[[ $# -le 1 ]] || usage_error "one option at most"

choose_infrastructure
if [[ $check == stop_kept ]]; then
    stop_kept
    exit
fi
if [[ $check == demo_outbox && -n $KAFKA_IS_GIVEN ]]; then
    die "--demo-outbox stops Kafka, and does not do that to the server that KAFKA_BROKERS names"
fi
start_all
"$check"
finish
