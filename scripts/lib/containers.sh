# shellcheck shell=bash
# Postgres and Kafka as containers, by infra/local/compose.yaml.

CONTAINER_RUNTIME=

# Sets CONTAINER_RUNTIME to the first one that answers and can compose; fails when there is none.
find_container_runtime() {
    local runtime
    [[ -z $CONTAINER_RUNTIME ]] || return 0
    for runtime in docker podman; do
        if command -v "$runtime" >/dev/null && bounded 10 "$runtime" info >/dev/null 2>&1 &&
            bounded 10 "$runtime" compose version >/dev/null 2>&1; then
            CONTAINER_RUNTIME=$runtime
            return 0
        fi
    done
    return 1
}

bounded() {
    if command -v timeout >/dev/null; then
        timeout "$@"
    else
        "${@:2}"
    fi
}

compose() {
    local password
    password=$(postgres_password)
    POSTGRES_PASSWORD=$password "$CONTAINER_RUNTIME" compose -f "$ROOT/infra/local/compose.yaml" "$@"
}

container_is_running() { [[ -n $(compose ps -q --status running "$1" 2>/dev/null) ]]; }

container_is_healthy() {
    local id
    id=$(compose ps -q "$1") && [[ -n $id ]] &&
        [[ $("$CONTAINER_RUNTIME" inspect --format '{{.State.Health.Status}}' "$id") == healthy ]]
}

container_start() {
    local log=$RUN_DIR/compose.log
    compose up --detach "$1" >>"$log" 2>&1 || fail_with_log "$log" "$CONTAINER_RUNTIME compose up $1 failed"
    until_true 180 container_is_healthy "$1" || {
        compose logs --tail 15 "$1" >&2 || true
        die "the container $1 did not get healthy within 180 s"
    }
}

container_stop() {
    compose rm --stop --force "$1" >>"$RUN_DIR/compose.log" 2>&1 || warn "the container $1 did not stop"
}
