# shellcheck shell=bash
# e2e: one ticket, from the POST to its effect.

follow_ticket() {
    local request started ticket
    request=e2e-$(new_uuid)
    started=$(now_ms)
    if ! ticket=$(post_ticket "Printer on fire" "$request"); then
        fail "POST /tickets: $ticket"
        show_log_end ticket-api
        return 0
    fi
    ok "POST /tickets: 201, ticket $ticket ($(($(now_ms) - started)) ms)"
    check_event "$ticket" || return 0
    if until_true 10 log_has notifier "$request"; then
        ok "the notifier's log has the request id $request"
    else
        fail "the notifier's log does not have the request id $request"
    fi
    check_metric 1 ticket-api http_server_request_duration_seconds_count
    check_metric 1 outbox-relay outbox_published_total ticket.created
    check_metric 1 notifier notify_processed_total 'status="ok"'
}

# check_event TICKET: the ticket's first event is sent, on the topic, and processed. Fails when there is none to follow.
check_event() {
    local row event at
    if ! row=$(diag wait-outbox "$1" --timeout 20s); then
        fail "outbox: not sent within 20 s (ticket, event, type, status, attempts: $row)"
        show_log_end outbox-relay
        return 1
    fi
    event=$(cut -f2 <<<"$row")
    ok "outbox: event $event is sent ($(cut -f6 <<<"$row") ms after it was written)"
    if at=$(diag wait-event "$event" --topic "$KAFKA_TOPIC" --timeout 20s); then
        ok "Kafka: $KAFKA_TOPIC has the event (partition $(cut -f2 <<<"$at"), offset $(cut -f3 <<<"$at"))"
    else
        fail "Kafka: $KAFKA_TOPIC does not show the event within 20 s"
    fi
    if row=$(diag wait-processed "$event" --timeout 20s); then
        ok "processed_events: done ($(cut -f5 <<<"$row") ms after it was written to the outbox)"
    else
        fail "processed_events: not done within 20 s (event, status, attempts, error: $row)"
        show_log_end notifier
    fi
}

log_has() { grep -qF "$2" "$RUN_DIR/$1.log"; }
