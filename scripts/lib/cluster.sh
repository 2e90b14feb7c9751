# shellcheck shell=bash
# A kind cluster with the whole system in it.

CLUSTER=servicedesk
OVERLAY=$ROOT/infra/k8s/overlays/kind

# Only ever our own cluster, whatever kubectl is set to.
cluster_kubectl() {
    command -v kubectl >/dev/null || die "kubectl is not on the PATH"
    kubectl --context "kind-$CLUSTER" --namespace servicedesk "$@"
}

require_kind() { command -v kind >/dev/null || die "kind is not on the PATH (https://kind.sigs.k8s.io)"; }

cluster_up() {
    require_kind
    if kind get clusters 2>/dev/null | grep -qx "$CLUSTER"; then
        say "the cluster $CLUSTER is there"
        return 0
    fi
    kind create cluster --config "$OVERLAY/cluster.yaml" --wait 120s
}

cluster_load() {
    require_kind
    local images
    mapfile -t images < <("$ROOT/scripts/images.sh" --list)
    ((${#images[@]} == 4)) || die "scripts/images.sh names no images"
    kind load docker-image --name "$CLUSTER" "${images[@]}"
}

# Once: Postgres takes the password when it makes its data, and keeps it. Letters and digits only, as it is put into a
# connection string.
cluster_secret() {
    cluster_kubectl apply -f "$ROOT/infra/k8s/base/namespace.yaml"
    cluster_kubectl get secret servicedesk-postgres >/dev/null 2>&1 && return 0
    cluster_kubectl create secret generic servicedesk-postgres \
        --from-file=password=<(od -An -N18 -tx1 /dev/urandom | tr -d ' \n')
}

cluster_apply() {
    cluster_secret
    # An image that was loaded again has the same name: without this, neither the migration nor the services would notice.
    cluster_kubectl delete job --selector app.kubernetes.io/name=migrator --ignore-not-found
    cluster_kubectl apply --kustomize "$OVERLAY"
    cluster_kubectl rollout restart deployment
    cluster_kubectl wait --for=condition=complete --timeout=300s job --selector app.kubernetes.io/name=migrator ||
        cluster_explain "the migration did not end"
    local deployment
    for deployment in ticket-api outbox-relay notifier; do
        cluster_kubectl rollout status --timeout=180s "deployment/$deployment" || cluster_explain "$deployment is not ready"
    done
    say "ready: http://localhost:8080/tickets"
}

cluster_explain() {
    cluster_kubectl get pods,jobs >&2
    cluster_kubectl logs --selector app.kubernetes.io/name=migrator --tail 20 >&2 || true
    die "$1"
}

# In Postgres' own container, where the password is.
cluster_sql() {
    # shellcheck disable=SC2016 # Expanded there.
    cluster_kubectl exec statefulset/postgres -- \
        sh -c 'PGPASSWORD=$POSTGRES_PASSWORD psql -h 127.0.0.1 -U postgres -d servicedesk -Atc "$1"' sh "$1"
}

cluster_sql_says() { [[ $(cluster_sql "$2") == "$1" ]]; }

cluster_log_has() { cluster_kubectl logs deployment/notifier --tail=-1 | grep -qF "$1"; }

# Metrics are not exposed; the API server passes the question on.
cluster_metrics_have() {
    local service=${1%:*} port=${1#*:}
    cluster_kubectl get --raw "/api/v1/namespaces/servicedesk/services/$service:$port/proxy/metrics" | grep -qE "^$2[{ ].* [1-9]"
}

# check WHAT COMMAND...: polls until the command succeeds, and says what came of it.
cluster_check() {
    local what=$1
    shift
    if until_true 60 "$@"; then ok "$what"; else fail "$what: not within 60 s"; fi
}

cluster_e2e() {
    local request ticket
    request=e2e-$(new_uuid)
    HTTP_ADDR=localhost:8080
    if ticket=$(post_ticket "Printer on fire" "$request"); then
        ok "POST /tickets: 201, ticket $ticket"
        cluster_check "outbox: sent" cluster_sql_says sent "SELECT status FROM outbox WHERE aggregate_id = '$ticket'"
        cluster_check "processed_events: done" cluster_sql_says "done" "SELECT status FROM processed_events WHERE aggregate_id = '$ticket'"
        cluster_check "the notifier's log has the request id $request" cluster_log_has "$request"
        cluster_check "outbox-relay's metrics: outbox_published_total" cluster_metrics_have outbox-relay:http outbox_published_total
        cluster_check "notifier's metrics: notify_processed_total" cluster_metrics_have notifier:http notify_processed_total
    else
        fail "POST /tickets: $ticket"
    fi
    ((CHECKS_FAILED == 0)) || die "e2e: FAILED, $CHECKS_FAILED of $CHECKS checks"
    say "e2e: all $CHECKS checks ok"
}
