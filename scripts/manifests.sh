#!/usr/bin/env bash
# Writes infra/k8s/base from the AppHost, with aspirate and the templates in infra/k8s/templates, and gives the migration
# Job of each overlay the name that belongs to its content. Run it after any change to the AppHost, the templates, the
# version, or what an overlay says about the migrator.
#
#   scripts/manifests.sh                    everything
#   scripts/manifests.sh --check            changes nothing; fails when the checked-in files are not what it would write
#   scripts/manifests.sh --from-manifest    takes the checked-in aspire-manifest.json, and does not run the AppHost
#   scripts/manifests.sh --names FOLDER...  only the Job's name in these overlays (default: those in infra/k8s/overlays)
#
# Needs aspirate (.config/dotnet-tools.json) and kubectl; no cluster. --names needs kubectl only.
set -euo pipefail
# shellcheck source=lib/load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"

K8S=$ROOT/infra/k8s
APP_HOST=$ROOT/ServiceDesk.AppHost
STATE=$APP_HOST/aspirate-state.json
WORK=$LOCAL_DIR/manifests

# What decides the base, and the base itself: the tests compare this, as they cannot run aspirate everywhere.
checksums() {
    (
        cd "$ROOT"
        find ServiceDesk.AppHost/aspire-manifest.json ServiceDesk.AppHost/aspirate.json infra/k8s/templates infra/k8s/base \
            -type f ! -name checksums | LC_ALL=C sort | xargs sha256sum
    )
}

publish_app_host() {
    local log=$RUN_DIR/publish.log new=$APP_HOST/aspire-manifest.json
    # Beside the checked-in one, as the paths in it are relative to where it is.
    [[ -z $CHECK ]] || new=$APP_HOST/aspire-manifest.new.json
    interruptible dotnet run --project "$APP_HOST" -- --publisher manifest --output-path "$new" >"$log" 2>&1 ||
        fail_with_log "$log" "the AppHost did not publish its manifest"
    [[ -n $CHECK ]] || return 0
    diff -u "$APP_HOST/aspire-manifest.json" "$new" || CHECK=failed
    rm -f -- "$new"
    [[ $CHECK != failed ]] || die "ServiceDesk.AppHost/aspire-manifest.json is stale: run scripts/manifests.sh"
}

# The password is none: it is the variable that Kubernetes puts in when it starts a container. aspirate wants a password
# for its state as well, a file that is of no use here.
generate_base() {
    local log=$RUN_DIR/aspirate.log status=0
    rm -rf -- "$WORK"
    mkdir -p "$WORK"
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
}

# The Job's content but its name, as kustomize renders it.
job_content() {
    kubectl kustomize "$1" | awk -v RS='---\n' '/\nkind: Job\n/' | sed '/^  name: /d'
}

name_job() {
    local folder=$1 file=$1/migrator-name.yaml content name
    content=$(job_content "$folder") || die "kubectl kustomize $folder failed"
    name=migrator-$(sha256sum <<<"$content" | cut -c1-10)
    if [[ -n $CHECK ]]; then
        grep -q "value: $name\$" "$file" || die "${file#"$ROOT"/} is stale: run scripts/manifests.sh"
        return 0
    fi
    cat >"$file" <<EOF
# Written by scripts/manifests.sh. A Job cannot be changed, so each content has a name of its own: this is its hash.
- op: replace
  path: /metadata/name
  value: $name
EOF
    say "${file#"$ROOT"/}: $name"
}

name_jobs() {
    command -v kubectl >/dev/null || die "kubectl is not on the PATH"
    local folder
    for folder in "$@"; do name_job "${folder%/}"; done
}

CHECK=
FROM_MANIFEST=
overlays=("$K8S"/overlays/*/)
case ${1-} in
    '') ;;
    --check) CHECK=yes ;;
    --from-manifest) FROM_MANIFEST=yes ;;
    --names)
        shift
        (($# == 0)) || overlays=("$@")
        name_jobs "${overlays[@]}"
        exit
        ;;
    -h | --help)
        show_help
        exit
        ;;
    *) usage_error "unknown option $1" ;;
esac

mkdir -p "$RUN_DIR"
if [[ -z $FROM_MANIFEST ]]; then
    publish_app_host
fi
generate_base
if [[ -n $CHECK ]]; then
    diff -ru --exclude checksums "$K8S/base" "$WORK/base" || die "infra/k8s/base is stale: run scripts/manifests.sh"
    diff -u "$K8S/base/checksums" <(checksums) || die "infra/k8s/base/checksums is stale: run scripts/manifests.sh"
else
    rm -rf -- "$K8S/base"
    mv -- "$WORK/base" "$K8S/base"
    checksums >"$WORK/checksums"
    mv -- "$WORK/checksums" "$K8S/base/checksums"
fi
name_jobs "${overlays[@]}"
if [[ -n $CHECK ]]; then
    say "infra/k8s: what is checked in is what aspirate writes"
else
    say "infra/k8s/base: written"
fi
