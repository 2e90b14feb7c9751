# shellcheck shell=bash
# Kafka as a local process: eng/LocalKafka, which keeps its topics in memory.

kafka_is_running() { is_running kafka; }

kafka_start() {
    start_process kafka dotnet "$(program eng/LocalKafka)" --port "$KAFKA_PORT" --control-port "$KAFKA_CONTROL_PORT" \
        --topic "$KAFKA_TOPIC:${Kafka__Partitions:-12}" --topic "$KAFKA_DLQ_TOPIC:3"
    until_true 30 kafka_is_ready_or_dead || true
    kafka_is_ready || {
        show_log_end kafka
        stop_process kafka
        die "LocalKafka did not get ready"
    }
}

kafka_is_ready() { grep -q '^LocalKafka ready' "$RUN_DIR/kafka.log" 2>/dev/null; }

kafka_is_ready_or_dead() { kafka_is_ready || ! kafka_is_running; }

kafka_stop() { stop_process kafka; }

# A demo takes the broker away and brings it back; LocalKafka is told to, as it would lose its topics if it ended.
kafka_interrupt() {
    KAFKA_IS_INTERRUPTED=yes
    if [[ $INFRA == containers ]]; then
        compose stop kafka >>"$RUN_DIR/compose.log" 2>&1
    else
        curl -fsS -m 10 -o /dev/null -X POST "$KAFKA_CONTROL_URL/faults/down"
    fi
}

kafka_resume() {
    [[ -n ${KAFKA_IS_INTERRUPTED-} ]] || return 0
    if [[ $INFRA == containers ]]; then
        container_start kafka
    else
        curl -fsS -m 10 -o /dev/null -X POST "$KAFKA_CONTROL_URL/faults/up"
    fi
    KAFKA_IS_INTERRUPTED=
}
