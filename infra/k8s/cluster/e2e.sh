# shellcheck shell=bash
# What the check of the whole pipeline looks at in a cluster.

# row_is STATUS SQL: asked in Postgres' own container, where the password is.
row_is() {
    # shellcheck disable=SC2016 # Expanded there.
    [[ $(in_cluster exec statefulset/postgres -- \
        sh -c 'PGPASSWORD=$POSTGRES_PASSWORD psql -h 127.0.0.1 -U postgres -d servicedesk -Atc "$1"' sh "$2") == "$1" ]]
}

# In all pods of the notifier: which of them had the event is not known.
log_has_request() {
    local log
    log=$(in_cluster logs --selector app.kubernetes.io/name=notifier --tail=-1) && [[ $log == *"$REQUEST"* ]]
}

# metrics_have APP METRIC: in any pod. They are not exposed; the API server passes the question on to each.
metrics_have() {
    local pod pods
    pods=$(in_cluster get pods --selector "app.kubernetes.io/name=$1" --output name) || return 1
    for pod in $pods; do
        [[ $(in_cluster get --raw "/api/v1/namespaces/servicedesk/${pod/pod/pods}/proxy/metrics") =~ \
            (^|$'\n')"$2"[{\ ][^$'\n']*\ [1-9] ]] && return
    done
    return 1
}

# A pod that ends takes its log and its counts along, and it may be the one that had the ticket. So each look is at a
# ticket of its own.
sees() {
    REQUEST=e2e-$(new_uuid)
    post_ticket "Printer on fire" "$REQUEST" >/dev/null && until_true 5 "$@"
}

within_a_minute() { expect "$1" "$2" '' until_true 60 "${@:3}" || true; }

e2e() {
    local ticket
    export HTTP_ADDR=localhost:8080
    expect "POST /tickets" '201, ticket %s' 1 post_ticket "Printer on fire" "e2e-$(new_uuid)" || finish_checks
    ticket=${FOUND[0]}
    within_a_minute outbox sent row_is sent "SELECT status FROM outbox WHERE aggregate_id = '$ticket'"
    within_a_minute processed_events "done" row_is "done" \
        "SELECT status FROM processed_events WHERE aggregate_id = '$ticket'"
    within_a_minute "the notifier's log" "has the request id of a ticket" sees log_has_request
    within_a_minute "outbox-relay's metrics" outbox_published_total \
        sees metrics_have outbox-relay outbox_published_total
    within_a_minute "notifier's metrics" notify_processed_total sees metrics_have notifier notify_processed_total
    finish_checks
}
