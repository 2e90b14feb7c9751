# shellcheck shell=bash
# The whole demo in a kind cluster: what surrounds the system, and where everything is.

# Gateway and metrics are not the system's own, so they come from their projects, in these versions.
CONTOUR=https://raw.githubusercontent.com/projectcontour/contour/v1.33.0/examples/render/contour.yaml
METRICS=https://github.com/kubernetes-sigs/metrics-server/releases/download/v0.8.0/components.yaml

demo() {
    up
    "$ROOT/scripts/images.sh"
    load
    surroundings
    secret
    SAME_TAGS=1 roll_out "$ROOT/infra/k8s/overlays/kind-demo"
    e2e
    urls
}

surroundings() {
    in_cluster apply --filename "$CONTOUR"
    in_cluster apply --filename "$METRICS"
    # kind's kubelets have certificates that nobody else knows.
    in_cluster --namespace kube-system patch deployment metrics-server --type json --patch \
        '[{"op":"add","path":"/spec/template/spec/containers/0/args/-","value":"--kubelet-insecure-tls"}]'
    in_cluster --namespace kube-system rollout status --timeout=180s deployment/metrics-server
    in_cluster --namespace projectcontour rollout status --timeout=180s deployment/contour
    in_cluster --namespace projectcontour rollout status --timeout=180s daemonset/envoy
}

urls() {
    local first='{.metadata.name}{"\t"}{.spec.rules[0].host}{.spec.rules[0].http.paths[0].path}{"\n"}'
    say "API         http://localhost:8080/tickets"
    in_cluster get ingress --output "jsonpath={range .items[*]}$first{end}" |
        while IFS=$'\t' read -r name address; do printf '%-11s http://%s\n' "$name" "${address/\//:8081/}"; done
}

status() {
    in_cluster get jobs,deployments,statefulsets,horizontalpodautoscalers,pods --output wide
    in_cluster top pods 2>/dev/null || say "no figures yet: metrics-server is missing, or has just started"
    in_cluster get events --field-selector type=Warning --sort-by .lastTimestamp | tail -n 10
}

# logs [APP]: of all its pods, as they come; without a name, of all of ours.
logs() {
    in_cluster logs --prefix --follow --tail=20 --max-log-requests 50 --selector \
        "${1:+app.kubernetes.io/name=$1,}app.kubernetes.io/part-of=servicedesk"
}
