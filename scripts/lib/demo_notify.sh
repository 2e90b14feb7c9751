# shellcheck shell=bash
# e2e --demo-notify: an event that can never be processed.

# The event is as the relay sends it, but for a title that the API would not have taken: the notification made from it
# is longer than its table allows, every time.
demo_notify() {
    local event ticket title at row healthy
    event=$(new_uuid)
    ticket=$(new_uuid)
    printf -v title '%600s' ''
    title=${title// /x}
    if ! at=$(produce_ticket_created "$event" "$ticket" "$title"); then
        fail "could not send the poison event"
        return 0
    fi
    ok "poison event $event sent to $KAFKA_TOPIC (partition $(cut -f1 <<<"$at"), offset $(cut -f2 <<<"$at"))"
    if row=$(diag wait-processed "$event" --status failed --timeout 90s); then
        ok "processed_events: failed after $(cut -f3 <<<"$row") attempts: $(cut -f4 <<<"$row" | cut -c1-110)"
    else
        fail "processed_events: not failed within 90 s (event, status, attempts, error: $row)"
        show_log_end notifier
    fi
    if at=$(diag wait-event "$event" --topic "$KAFKA_DLQ_TOPIC" --timeout 20s); then
        ok "Kafka: $KAFKA_DLQ_TOPIC has a copy (partition $(cut -f2 <<<"$at"), offset $(cut -f3 <<<"$at"))"
    else
        fail "Kafka: $KAFKA_DLQ_TOPIC has no copy"
    fi
    check_metric 1 notifier notify_processed_total 'status="dead"'

    if healthy=$(post_ticket "After the poison" "e2e-$(new_uuid)"); then
        ok "POST /tickets: 201, ticket $healthy, after the poison event"
        check_event "$healthy" || true
    else
        fail "POST /tickets: $healthy"
    fi
}

# produce_ticket_created EVENT TICKET TITLE
produce_ticket_created() {
    local now payload event
    now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    payload="{\"ticket_id\":\"$2\",\"title\":\"$3\",\"description\":\"\",\"status\":\"open\",\"version\":1}"
    event="{\"event_id\":\"$1\",\"event_type\":\"ticket.created\",\"occurred_at\":\"$now\",\"aggregate\":\"ticket\","
    event+="\"aggregate_id\":\"$2\",\"request_id\":\"e2e-poison\",\"payload\":$payload}"
    diag produce --topic "$KAFKA_TOPIC" --key "$2" --header "event_id=$1" --header event_type=ticket.created \
        --header "ce_id=$1" --header ce_type=ticket.created --header ce_source=/e2e --header ce_specversion=1.0 \
        --header "ce_time=$now" < <(printf '%s' "$event")
}
