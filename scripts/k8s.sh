#!/usr/bin/env bash
# The whole system in a kind cluster on this machine. Needs kind, kubectl and a container runtime.
#
#   scripts/k8s.sh up       makes the cluster
#   scripts/k8s.sh load     brings the images that scripts/images.sh has built into it
#   scripts/k8s.sh apply    makes the Secret if there is none, applies infra/k8s/overlays/kind, waits until all is ready
#   scripts/k8s.sh e2e      posts a ticket on localhost:8080 and follows it
#   scripts/k8s.sh secret   only makes the Secret, if there is none; its password is random
#   scripts/k8s.sh down     deletes the cluster with all its data
set -euo pipefail
# shellcheck source=lib/load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"
# shellcheck source=lib/checks.sh
source "$ROOT/scripts/lib/checks.sh"

CLUSTER=servicedesk
OVERLAY=$ROOT/infra/k8s/overlays/kind

# Only ever our own cluster, whatever kubectl is set to.
in_cluster() { kubectl --context "kind-$CLUSTER" --namespace servicedesk "$@"; }

up() {
    kind get clusters 2>/dev/null | grep -qx "$CLUSTER" && say "the cluster $CLUSTER is there" && return
    kind create cluster --config "$OVERLAY/cluster.yaml" --wait 120s
}

load() {
    local images
    mapfile -t images < <("$ROOT/scripts/images.sh" --list)
    kind load docker-image --name "$CLUSTER" "${images[@]}"
}

# Once: Postgres takes the password when it makes its data, and keeps it. Letters and digits only, as it is put into a
# connection string.
secret() {
    in_cluster apply -f "$ROOT/infra/k8s/base/namespace.yaml"
    in_cluster get secret servicedesk-postgres >/dev/null 2>&1 && return 0
    in_cluster create secret generic servicedesk-postgres \
        --from-file=password=<(od -An -N18 -tx1 /dev/urandom | tr -d ' \n')
}

apply() {
    local deployment
    secret
    # A reloaded image keeps its name: without this, neither the migration nor the services would use it.
    in_cluster delete job --selector app.kubernetes.io/name=migrator --ignore-not-found
    in_cluster apply --kustomize "$OVERLAY"
    in_cluster rollout restart deployment
    in_cluster wait --for=condition=complete --timeout=300s job --selector app.kubernetes.io/name=migrator ||
        explain "the migration did not end"
    for deployment in ticket-api outbox-relay notifier; do
        in_cluster rollout status --timeout=180s "deployment/$deployment" || explain "$deployment is not ready"
    done
    say "ready: http://localhost:8080/tickets"
}

explain() {
    in_cluster get pods,jobs >&2
    in_cluster logs --selector app.kubernetes.io/name=migrator --tail 20 >&2
    die "$1"
}

# row_is STATUS SQL: asked in Postgres' own container, where the password is.
row_is() {
    # shellcheck disable=SC2016 # Expanded there.
    [[ $(in_cluster exec statefulset/postgres -- \
        sh -c 'PGPASSWORD=$POSTGRES_PASSWORD psql -h 127.0.0.1 -U postgres -d servicedesk -Atc "$1"' sh "$2") == "$1" ]]
}

log_has() { in_cluster logs deployment/notifier --tail=-1 | grep -qF "$1"; }

# Metrics are not exposed; the API server passes the question on.
metrics_have() {
    in_cluster get --raw "/api/v1/namespaces/servicedesk/services/$1:http/proxy/metrics" | grep -qE "^$2[{ ].* [1-9]"
}

within_a_minute() { expect "$1" "$2" '' until_true 60 "${@:3}" || true; }

e2e() {
    local request ticket
    export HTTP_ADDR=localhost:8080
    request=e2e-$(new_uuid)
    expect "POST /tickets" '201, ticket %s' 1 post_ticket "Printer on fire" "$request" || finish_checks
    ticket=${FOUND[0]}
    within_a_minute outbox sent row_is sent "SELECT status FROM outbox WHERE aggregate_id = '$ticket'"
    within_a_minute processed_events "done" row_is "done" \
        "SELECT status FROM processed_events WHERE aggregate_id = '$ticket'"
    within_a_minute "the notifier's log" "has the request id $request" log_has "$request"
    within_a_minute "outbox-relay's metrics" outbox_published_total metrics_have outbox-relay outbox_published_total
    within_a_minute "notifier's metrics" notify_processed_total metrics_have notifier notify_processed_total
    finish_checks
}

case ${1-} in
    up | load | apply | e2e | secret) "$1" ;;
    down) kind delete cluster --name "$CLUSTER" ;;
    -h | --help) show_help ;;
    *) usage_error "a command is missing, or unknown: ${1-}" ;;
esac
