# shellcheck shell=bash
# Applies an overlay: all of it, or nothing.

SERVICES=(ticket-api outbox-relay notifier)

# The first with a preStop of kind sleep that is on without a feature gate. The chart's kubeVersion says the same.
MINIMUM_VERSION=1.30

# roll_out FOLDER: the API server judges everything before anything changes; the migration has run before a service is
# touched. Returns when new pods are ready and old ones are gone.
roll_out() {
    local service applied
    require_version
    render "$1"
    in_cluster apply --filename "$WORK/namespace.yaml"
    in_cluster apply --dry-run=server --filename "$RENDERED" >"$WORK/judged" ||
        die "the API server refuses the manifests: nothing is changed"
    ! is_on "${SAME_TAGS-}" || in_cluster delete job --selector app.kubernetes.io/name=migrator --ignore-not-found
    in_cluster apply --filename "$WORK/before.yaml"
    migrate
    applied=$(in_cluster apply --filename "$RENDERED")
    for service in "${SERVICES[@]}"; do
        # A service with a reloaded image of the same name looks unchanged. What was created or changed starts anyway.
        if is_on "${SAME_TAGS-}" && [[ $applied == *"deployment.apps/$service unchanged"* ]]; then
            in_cluster rollout restart "deployment/$service"
        fi
    done
    for service in "${SERVICES[@]}"; do
        in_cluster rollout status --timeout=180s "deployment/$service" || explain "$service is not ready"
    done
    until_true 90 old_pods_are_gone || explain "pods are still stopping after 90 s"
    in_cluster delete job --selector app.kubernetes.io/name=migrator --field-selector "metadata.name!=$JOB"
}

require_version() {
    local version
    version=$(in_cluster get --raw /version) || die "the cluster does not answer"
    [[ $version =~ \"major\":\ *\"([0-9]+).*\"minor\":\ *\"([0-9]+) ]] || die "the cluster does not tell its version"
    version=${BASH_REMATCH[1]}.${BASH_REMATCH[2]}
    [[ $(printf '%s\n' "$MINIMUM_VERSION" "$version" | sort -V | head -n 1) == "$MINIMUM_VERSION" ]] ||
        die "Kubernetes $version is too old: $MINIMUM_VERSION or later is needed"
}

# Waits for the Job's end, whichever it is, and shows each attempt that fails when it fails.
migrate() {
    FAILED_ATTEMPTS=0 WAITS_FOR=
    until_true 600 migration_has_ended || explain "the migration has not ended within 10 minutes"
    [[ $MIGRATION == *Complete* ]] || explain "the migration failed: no service is changed"
}

migration_has_ended() {
    local failed
    MIGRATION=$(in_cluster get job "$JOB" --output \
        'jsonpath={.status.failed} {range .status.conditions[?(@.status=="True")]}{.type} {end}') || return 1
    failed=${MIGRATION%% *}
    if ((${failed:-0} > FAILED_ATTEMPTS)); then
        FAILED_ATTEMPTS=$failed
        warn "the migration has failed, attempt $failed:"
        show_migration
    fi
    # FailureTarget: it has failed, and waits for its pods to end. SuccessCriteriaMet is the same for a success.
    [[ $MIGRATION != *Complete* && $MIGRATION != *Fail* ]] || return 0
    show_what_it_waits_for
    return 1
}

# An image that cannot be pulled, or a Secret that is missing, is no failed attempt: the Job waits for it.
show_what_it_waits_for() {
    local waits_for
    waits_for=$(in_cluster get pods --selector "batch.kubernetes.io/job-name=$JOB" --output \
        'jsonpath={range .items[*].status.containerStatuses[*].state.waiting}{.reason}: {.message}{"\n"}{end}' |
        grep -E '^(ErrImage|ImagePull|InvalidImage|CreateContainer.*Error)') || return 0
    [[ -n $WAITS_FOR ]] || warn "the migration cannot start: ${waits_for%%$'\n'*}"
    WAITS_FOR=$waits_for
}

show_migration() { in_cluster logs --selector "batch.kubernetes.io/job-name=$JOB" --tail=30 >&2 || true; }

# rollout status does not wait for pods in preStop, which still serve.
old_pods_are_gone() {
    local stopping
    stopping=$(in_cluster get pods --selector app.kubernetes.io/part-of=servicedesk \
        --output 'jsonpath={range .items[?(@.metadata.deletionTimestamp)]}{.metadata.name} {end}') && [[ -z $stopping ]]
}

explain() {
    in_cluster get pods,jobs >&2 || true
    show_migration
    die "$1"
}
