#!/usr/bin/env bash
# Writes infra/k8s/base from the AppHost, with aspirate and the templates in infra/k8s/templates, names the migration
# Job of each overlay after its content, and makes the Helm chart of the overlays. Run it after any change to the
# AppHost, the templates, the version or an overlay; a test fails until then.
#
#   scripts/manifests.sh                    everything
#   scripts/manifests.sh --names FOLDER...  only the Job's name in these overlays (default: those in infra/k8s/overlays)
#   scripts/manifests.sh --chart            only infra/helm/servicedesk, the Helm chart, from the overlays
#
# Needs aspirate (.config/dotnet-tools.json) and kubectl; no cluster. --names needs kubectl only.
set -euo pipefail
# shellcheck source=lib/load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"
# shellcheck source=../infra/k8s/cluster/render.sh
source "$ROOT/infra/k8s/cluster/render.sh"

K8S=$ROOT/infra/k8s
APP_HOST=$ROOT/ServiceDesk.AppHost
STATE=$APP_HOST/aspirate-state.json
WORK=$LOCAL_DIR/manifests

# The password is none: it is the variable that Kubernetes puts in when it starts a container. aspirate wants a password
# for its state as well, a file that is of no use here.
generate_base() {
    local log=$RUN_DIR/manifests.log status=0
    rm -rf -- "$WORK"
    mkdir -p "$WORK"
    dotnet run --project "$APP_HOST" -- --publisher manifest --output-path "$APP_HOST/aspire-manifest.json" \
        >"$log" 2>&1 || fail_with_log "$log" "the AppHost did not publish its manifest"
    (cd "$ROOT" && dotnet tool restore >"$log" 2>&1) || fail_with_log "$log" "dotnet tool restore failed"
    # Another password's state, of somebody who uses aspirate by hand, would be refused.
    [[ ! -f $STATE ]] || mv -- "$STATE" "$WORK/aspirate-state.json"
    (
        cd "$APP_HOST"
        # shellcheck disable=SC2016 # Expanded in the cluster.
        dotnet aspirate generate --non-interactive --disable-state --secret-password unused \
            --aspire-manifest aspire-manifest.json --project-path . --skip-build --include-dashboard false \
            --image-pull-policy IfNotPresent --namespace servicedesk \
            --parameter 'postgres-password=$(POSTGRES_PASSWORD)' --output-path "$WORK/base"
    ) >"$log" 2>&1 || status=$?
    rm -f -- "$STATE"
    [[ ! -f $WORK/aspirate-state.json ]] || mv -- "$WORK/aspirate-state.json" "$STATE"
    ((status == 0)) || fail_with_log "$log" "aspirate failed"
    # A project without ports has no Service; aspirate writes the file all the same.
    find "$WORK/base" -name '*.yaml' ! -exec grep -q '[^[:space:]]' {} \; -delete
    rm -rf -- "$K8S/base"
    mv -- "$WORK/base" "$K8S/base"
}

# What decides the base, and the base itself: the tests compare this, as they cannot run aspirate everywhere.
write_checksums() {
    cd "$ROOT"
    find ServiceDesk.AppHost/aspire-manifest.json ServiceDesk.AppHost/aspirate.json infra/k8s/templates infra/k8s/base \
        -type f ! -name checksums | LC_ALL=C sort | xargs sha256sum >"$WORK/checksums"
    mv -- "$WORK/checksums" "$K8S/base/checksums"
}

# Whoever applies an overlay with other tools needs the Job's name in it.
name_job() {
    local folder=$1 name
    name=$(kubectl kustomize "$folder" | job_name) || die "$folder could not be rendered"
    cat >"$folder/migrator-name.yaml" <<EOF
# Written by scripts/manifests.sh. A Job cannot be changed, so each content has a name of its own: this is its hash.
- op: replace
  path: /metadata/name
  value: $name
EOF
    say "${folder#"$ROOT"/}: $name"
}

generate_chart() {
    local log=$RUN_DIR/chart.log chart=$ROOT/infra/helm/servicedesk
    dotnet run -c Release --project "$ROOT/eng/Chart" -- "$K8S" "$chart" >"$log" 2>&1 ||
        fail_with_log "$log" "the chart was not written"
    say "infra/helm/servicedesk: written"
}

overlays=("$K8S"/overlays/*/migrator-name.yaml)
overlays=("${overlays[@]%/*}")
case ${1-} in
    '')
        generate_base
        write_checksums
        say "infra/k8s/base: written"
        ;;
    --names)
        shift
        chart=no
        (($# == 0)) || overlays=("$@")
        ;;
    --chart) overlays=() ;;
    -h | --help) show_help && exit ;;
    *) usage_error "unknown option $1" ;;
esac
for folder in "${overlays[@]}"; do name_job "${folder%/}"; done
[[ ${chart-yes} != yes ]] || generate_chart
