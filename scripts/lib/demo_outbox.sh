# shellcheck shell=bash
# e2e --demo-outbox: Kafka goes away and returns.

DEMO_TICKETS=20

demo_outbox() {
    local tickets rows events
    kafka_interrupt || die "Kafka could not be stopped"
    ok "Kafka is stopped"
    if ! post_tickets; then
        return 0
    fi
    ok "$DEMO_TICKETS tickets posted meanwhile: 201 each"
    # Not all at once: those of the attempt that is under way are not pending.
    check_metric 1 outbox-relay outbox_pending
    check_metric 1 outbox-relay outbox_lag_seconds
    diag outbox | sed 's/^/     | /'

    kafka_resume || die "Kafka could not be started again"
    ok "Kafka is back"
    if ! rows=$(diag wait-outbox "${tickets[@]}" --timeout 90s); then
        fail "not every event was sent within 90 s: $(cut -f4 <<<"$rows" | sort | uniq -c | paste -sd,)"
        show_log_end outbox-relay
        return 0
    fi
    ok "outbox: all $DEMO_TICKETS events are sent, none is failed"
    mapfile -t events < <(cut -f2 <<<"$rows")
    if diag wait-event "${events[@]}" --topic "$KAFKA_TOPIC" --timeout 30s >/dev/null; then
        ok "Kafka: $KAFKA_TOPIC has all $DEMO_TICKETS events"
    else
        fail "Kafka: $KAFKA_TOPIC does not have all events"
    fi
    if rows=$(diag wait-processed "${events[@]}" --timeout 60s); then
        ok "processed_events: all $DEMO_TICKETS are done, none is failed"
    else
        fail "not every event was processed within 60 s: $(cut -f2 <<<"$rows" | sort | uniq -c | paste -sd,)"
        show_log_end notifier
    fi
    if until_true 10 backlog_is_empty; then
        ok "outbox-relay's metrics: outbox_pending = 0"
    else
        fail "outbox-relay's metrics: outbox_pending = $(metric outbox-relay outbox_pending || true), expected 0"
    fi
}

# Fills the caller's tickets.
post_tickets() {
    local number ticket
    tickets=()
    for ((number = 1; number <= DEMO_TICKETS; number++)); do
        if ! ticket=$(post_ticket "While Kafka is away, $number" "e2e-$(new_uuid)"); then
            fail "POST /tickets while Kafka is away: $ticket"
            return 1
        fi
        tickets+=("$ticket")
    done
}

backlog_is_empty() { [[ $(metric outbox-relay outbox_pending) == 0 ]]; }
