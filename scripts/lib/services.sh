# shellcheck shell=bash
# The three services and the migrator, as processes of this machine.

SERVICES=(ticket-api outbox-relay notifier)
STARTED_SERVICES=()

service_project() {
    case $1 in
        ticket-api) printf ServiceDesk.TicketApi ;;
        outbox-relay) printf ServiceDesk.OutboxRelay ;;
        notifier) printf ServiceDesk.Notifier ;;
        *) die "no service $1; there are: ${SERVICES[*]}" ;;
    esac
}

service_address() {
    case $1 in
        ticket-api) printf '%s' "$HTTP_ADDR" ;;
        outbox-relay) printf '%s' "$RELAY_METRICS_ADDR" ;;
        notifier) printf '%s' "$NOTIFIER_METRICS_ADDR" ;;
    esac
}

service_url() { url_of "$(service_address "$1")"; }

# Prints "PORT PURPOSE SETTING" of every service.
service_ports() {
    say "$(port_of "$HTTP_ADDR") TicketApi HTTP_ADDR"
    say "$(port_of "$RELAY_METRICS_ADDR") OutboxRelay RELAY_METRICS_ADDR"
    say "$(port_of "$NOTIFIER_METRICS_ADDR") Notifier NOTIFIER_METRICS_ADDR"
}

# service_command SERVICE: sets COMMAND, with the address that this service is to listen on.
service_command() {
    local address
    address=$(service_address "$1")
    COMMAND=(dotnet "$(program "$(service_project "$1")")")
    # METRICS_ADDR means the relay and the notifier alike; one machine has to tell them apart.
    if [[ $1 == ticket-api ]]; then export HTTP_ADDR=$address; else export METRICS_ADDR=$address; fi
}

service_start() {
    service_command "$1"
    STARTED_SERVICES+=("$1")
    start_process "$1" "${COMMAND[@]}"
}

services_start() {
    local service
    for service in "${SERVICES[@]}"; do service_start "$service"; done
    for service in "${SERVICES[@]}"; do
        until_true 60 service_is_ready_or_dead "$service" || true
        service_is_ready "$service" || {
            show_log_end "$service"
            die "$service did not get ready ($(service_url "$service")/readyz)"
        }
    done
}

service_is_ready() { curl -fsS -m 5 -o /dev/null "$(service_url "$1")/readyz" 2>/dev/null; }

service_is_ready_or_dead() { service_is_ready "$1" || ! is_running "$1"; }

services_stop_started() {
    local index
    for ((index = ${#STARTED_SERVICES[@]} - 1; index >= 0; index--)); do
        stop_process "${STARTED_SERVICES[index]}"
    done
    STARTED_SERVICES=()
}

migrate() {
    local log=$RUN_DIR/migrator.log
    interruptible dotnet "$(program ServiceDesk.Migrator)" >"$log" 2>&1 || fail_with_log "$log" "the migration failed"
}

# A topic name that no broker accepts is refused in the services' own words, before anything starts.
require_valid_settings() {
    local name
    for name in KAFKA_TOPIC KAFKA_DLQ_TOPIC; do
        (LC_ALL=C && [[ ${!name} =~ ^[A-Za-z0-9._-]+$ ]]) && continue
        dotnet "$(program ServiceDesk.Migrator)" >/dev/null && die "the migrator accepted $name=${!name}"
        die "nothing was started"
    done
}
