#!/usr/bin/env bash
# The whole pipeline, checked on this machine: has the AppHost start everything, posts a ticket and follows it. One line
# per check; the exit code tells whether all were ok. Stops everything it started, also on Ctrl-C or failure; an
# infrastructure that ran before (scripts/infra.sh up) is used, and goes on.
#
#   scripts/e2e_local.sh                  one ticket: outbox, Kafka, processed_events, log, metrics
#   scripts/e2e_local.sh --demo-notify    a poison event ends failed and on the dead-letter topic, others go on
#   scripts/e2e_local.sh --demo-outbox    Kafka stops and returns: tickets are accepted, nothing is lost
#   scripts/e2e_local.sh --keep           as without an option, and leaves everything running
#   scripts/e2e_local.sh --stop           ends what --keep left running
#
# Settings: environment or .env (see .env.example). Log: .local/run/e2e.log.
set -euo pipefail
# shellcheck source=lib/load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"
# shellcheck source=lib/checks.sh
source "$ROOT/scripts/lib/checks.sh"
# shellcheck source=lib/pipeline.sh
source "$ROOT/scripts/lib/pipeline.sh"

KEEP=
KAFKA_IS_GIVEN=${KAFKA_BROKERS:+yes}

# shellcheck disable=SC2317 # Called on exit.
stop_all() {
    kafka_resume
    [[ -n $KEEP && $1 -eq 0 ]] || apphost_stop_started
}

check=follow_ticket
case ${1-} in
    '') ;;
    --keep) KEEP=yes ;;
    --demo-notify) check=demo_notify ;;
    --demo-outbox) check=demo_outbox ;;
    --stop) apphost_stop e2e && say "stopped" && exit ;;
    -h | --help) show_help && exit ;;
    *) usage_error "unknown option $1" ;;
esac
[[ $# -le 1 ]] || usage_error "one option at most"
[[ $check != demo_outbox || -z $KAFKA_IS_GIVEN ]] ||
    die "--demo-outbox stops Kafka, and does not do that to the server that KAFKA_BROKERS names"
! apphost_pid e2e >/dev/null || die "it runs already; end it with: scripts/e2e_local.sh --stop"
# What scripts/infra.sh has started is used as it is, and left running.
! apphost_pid infrastructure >/dev/null || apphost_addresses infrastructure
stop_on_exit stop_all
build ServiceDesk.AppHost
started=$(now_ms)
apphost_start e2e
ok "ticket-api, outbox-relay and notifier are ready ($(($(now_ms) - started)) ms)"
"$check"
finish_checks
if [[ -n $KEEP ]]; then
    say "left running; end it with: scripts/e2e_local.sh --stop"
    for service in ticket-api outbox-relay notifier; do say "  $service $(service_url "$service")"; done
fi
