# shellcheck shell=bash
# What e2e_local.sh checks.

# One ticket, from the POST to its effect.
follow_ticket() {
    local request
    request=e2e-$(new_uuid)
    check_ticket "Printer on fire" "$request" || return 0
    expect "the notifier's log" "has the request id $request" '' until_true 10 log_has notifier "$request" || true
    check_metric -ge 1 ticket-api http_server_request_duration_seconds_count
    check_metric -ge 1 outbox-relay outbox_published_total ticket.created
    check_metric -ge 1 notifier notify_processed_total 'status="ok"'
}

# check_ticket TITLE REQUEST_ID: posts a ticket; its event is sent, on the topic, and processed.
check_ticket() {
    local event
    expect "POST /tickets" '201, ticket %s' 1 post_ticket "$1" "$2" || show_log_end ticket-api || return
    expect outbox 'event %s is sent (%s ms after it was written)' '2 6' diag wait-outbox "${FOUND[0]}" --timeout 20s ||
        show_log_end outbox-relay || return
    event=${FOUND[1]-}
    expect Kafka "${KAFKA_TOPIC:-tickets.events} has the event (partition %s, offset %s)" '2 3' \
        diag wait-event "$event" --topic "${KAFKA_TOPIC:-tickets.events}" --timeout 20s || return 1
    expect processed_events 'done (%s ms after it was written to the outbox)' 5 \
        diag wait-processed "$event" --timeout 20s || show_log_end notifier
}

log_has() { grep -F ".Resources.$1[" "$RUN_DIR/e2e.log" | grep -qF "$2"; }

# show_log_end RESOURCE: what it has logged last; fails, as there was a reason to look.
show_log_end() {
    say "--- the last lines of $1" >&2
    grep -F ".Resources.$1[" "$RUN_DIR/e2e.log" | tail -n 15 >&2
    return 1
}

# An event that can never be processed. It is as the relay sends it, but for a title that the API would not have taken:
# the notification made from it is longer than its table allows, every time.
demo_notify() {
    local event ticket title letters=${KAFKA_DLQ_TOPIC:-tickets.dlq}
    event=$(new_uuid) ticket=$(new_uuid)
    printf -v title '%600s' ''
    expect "poison event $event" "sent to ${KAFKA_TOPIC:-tickets.events} (partition %s, offset %s)" '1 2' \
        produce_ticket_created "$event" "$ticket" "${title// /x}" || return 0
    expect processed_events 'failed after %s attempts: %s' '3 4' \
        diag wait-processed "$event" --status failed --timeout 90s || show_log_end notifier || true
    expect Kafka "$letters has a copy (partition %s, offset %s)" '2 3' \
        diag wait-event "$event" --topic "$letters" --timeout 20s || true
    check_metric -ge 1 notifier notify_processed_total 'status="dead"'
    check_ticket "After the poison event" "e2e-$(new_uuid)" || true
}

# produce_ticket_created EVENT TICKET TITLE
produce_ticket_created() {
    local now payload event
    now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    payload="{\"ticket_id\":\"$2\",\"title\":\"$3\",\"description\":\"\",\"status\":\"open\",\"version\":1}"
    event="{\"event_id\":\"$1\",\"event_type\":\"ticket.created\",\"occurred_at\":\"$now\",\"aggregate\":\"ticket\","
    event+="\"aggregate_id\":\"$2\",\"request_id\":\"e2e-poison\",\"payload\":$payload}"
    diag produce --topic "${KAFKA_TOPIC:-tickets.events}" --key "$2" --header "event_id=$1" \
        --header event_type=ticket.created --header "ce_id=$1" --header ce_type=ticket.created --header ce_source=/e2e \
        --header ce_specversion=1.0 --header "ce_time=$now" < <(printf '%s' "$event")
}

# Kafka goes away and returns.
demo_outbox() {
    local tickets=() events number count=20
    kafka_interrupt || die "Kafka could not be stopped"
    ok "Kafka is stopped"
    for ((number = 1; number <= count; number++)); do
        tickets+=("$(post_ticket "While Kafka is away, $number" "e2e-$(new_uuid)")") ||
            { fail "POST /tickets while Kafka is away: ${tickets[-1]}" && return 0; }
    done
    ok "$count tickets posted meanwhile: 201 each"
    # Not all at once: those of the attempt that is under way are not pending.
    check_metric -ge 1 outbox-relay outbox_pending
    check_metric -ge 1 outbox-relay outbox_lag_seconds
    diag outbox | sed 's/^/     | /'

    kafka_resume || die "Kafka could not be started again"
    ok "Kafka is back"
    expect outbox "all $count events are sent, none is failed" '' \
        diag wait-outbox "${tickets[@]}" --timeout 90s || show_log_end outbox-relay || return 0
    mapfile -t events < <(diag wait-outbox "${tickets[@]}" --timeout 1s | cut -f2)
    expect Kafka "${KAFKA_TOPIC:-tickets.events} has all $count events" '' \
        diag wait-event "${events[@]}" --topic "${KAFKA_TOPIC:-tickets.events}" --timeout 30s || true
    expect processed_events "all $count are done, none is failed" '' \
        diag wait-processed "${events[@]}" --timeout 60s || show_log_end notifier || true
    check_metric -eq 0 outbox-relay outbox_pending
}

# LocalKafka is told to be away, as it would lose its topics if it ended; a container is frozen, as it would come back
# on another port.
kafka_interrupt() {
    KAFKA_IS_INTERRUPTED=yes
    kafka_control down pause
}

kafka_resume() {
    [[ -n ${KAFKA_IS_INTERRUPTED-} ]] || return 0
    kafka_control up unpause
    KAFKA_IS_INTERRUPTED=
}

kafka_control() {
    local runtime container
    if [[ -n ${KAFKA_CONTROL_URL-} ]]; then
        curl -fsS -m 10 -o /dev/null -X POST "$KAFKA_CONTROL_URL/faults/$1"
        return
    fi
    for runtime in docker podman; do
        container=$("$runtime" ps -q --filter "label=servicedesk.kafka-port=${KAFKA_BROKERS##*:}" 2>/dev/null) &&
            [[ -n $container ]] && "$runtime" "$2" "$container" >/dev/null && return
    done
    return 1
}
