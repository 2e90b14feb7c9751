#!/usr/bin/env bash
# The whole system in a kind cluster on this machine. Needs kind, kubectl and a container runtime.
#
#   scripts/k8s.sh demo             everything: cluster, images, ingress, metrics, dashboards, the check, the addresses
#   scripts/k8s.sh up               makes the cluster
#   scripts/k8s.sh load             brings the images that scripts/images.sh has built into it
#   scripts/k8s.sh apply            makes the Secret if there is none, applies the kind overlay, waits until it is ready
#   scripts/k8s.sh apply FOLDER     applies an overlay to the cluster of K8S_CONTEXT: all of it or nothing
#   scripts/k8s.sh e2e              posts tickets on localhost:8080 and follows them
#   scripts/k8s.sh status | urls    what runs, with its latest warnings; where it is reached
#   scripts/k8s.sh logs [SERVICE]   follows the logs of all pods, or of one service's
#   scripts/k8s.sh secret           only makes the Secret, if there is none; its password is random
#   scripts/k8s.sh down             deletes the cluster with all its data
#
# K8S_CONTEXT names another cluster of kubectl's for apply, e2e, status, urls and logs.
set -euo pipefail
# shellcheck source=lib/load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"
# shellcheck source=lib/checks.sh
source "$ROOT/scripts/lib/checks.sh"
# shellcheck source=../infra/k8s/cluster/render.sh
source "$ROOT/infra/k8s/cluster/render.sh"
# shellcheck source=../infra/k8s/cluster/rollout.sh
source "$ROOT/infra/k8s/cluster/rollout.sh"
# shellcheck source=../infra/k8s/cluster/e2e.sh
source "$ROOT/infra/k8s/cluster/e2e.sh"
# shellcheck source=../infra/k8s/cluster/demo.sh
source "$ROOT/infra/k8s/cluster/demo.sh"

CLUSTER=servicedesk
OVERLAY=$ROOT/infra/k8s/overlays/kind
WORK=$(mktemp -d)

# shellcheck disable=SC2317 # Called on exit.
stop_all() { rm -rf -- "$WORK"; }
stop_on_exit stop_all

# Only ever our own cluster, unless another is named, whatever kubectl is set to.
in_cluster() { kubectl --context "${K8S_CONTEXT:-kind-$CLUSTER}" --namespace servicedesk "$@"; }

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

# A reloaded image keeps its name in kind, so its migration and its services start anew.
apply() {
    if [[ -n ${1-} ]]; then
        [[ -n ${K8S_CONTEXT-} ]] || usage_error "apply FOLDER: K8S_CONTEXT has to name the cluster"
        roll_out "$1"
        say "applied: ${1%/}"
    else
        secret
        SAME_TAGS=1 roll_out "$OVERLAY"
        say "ready: http://localhost:8080/tickets"
    fi
}

case ${1-} in
    demo | up | load | apply | e2e | status | urls | logs | secret) "$@" ;;
    down) kind delete cluster --name "$CLUSTER" ;;
    -h | --help) show_help ;;
    *) usage_error "a command is missing, or unknown: ${1-}" ;;
esac
