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
# shellcheck source=lib/cluster.sh
source "$ROOT/scripts/lib/cluster.sh"

[[ $# -le 1 ]] || usage_error "one command at most"
mkdir -p "$RUN_DIR"
case ${1-} in
    up) cluster_up ;;
    load) cluster_load ;;
    apply) cluster_apply ;;
    e2e) cluster_e2e ;;
    secret) cluster_secret ;;
    down) kind delete cluster --name "$CLUSTER" ;;
    -h | --help) show_help ;;
    '') usage_error "a command is missing" ;;
    *) usage_error "unknown command $1" ;;
esac
