# shellcheck shell=bash
# What kustomize makes of an overlay, and the name of the migration in it.

# documents PROGRAM: the rendered documents of stdin that an awk program keeps or changes, each with its separator.
documents() { awk -v RS='---\n' -v ORS='---\n' "$1"; }

# A Job cannot be changed, so each content has a name of its own: a hash of the Job of stdin, but for its name.
job_name() {
    local content
    content=$(awk -v RS='---\n' '/\nkind: Job\n/' | sed '/^  name: /d')
    [[ -n $content ]] || die "there is no Job among the manifests"
    printf 'migrator-%s' "$(sha256sum <<<"$content" | cut -c1-10)"
}

# render FOLDER: into $RENDERED, with the migration's name in $JOB. Whatever the overlay calls the Job, it has the name
# of its content, so that a new tag or setting is a new Job.
render() {
    RENDERED=$WORK/all.yaml
    kubectl kustomize "$1" >"$WORK/rendered.yaml" || die "kubectl kustomize $1 failed"
    JOB=$(job_name <"$WORK/rendered.yaml")
    documents '/\nkind: Job\n/ { sub(/\n  name: migrator[^\n]*/, "\n  name: '"$JOB"'") } { print }' \
        <"$WORK/rendered.yaml" >"$RENDERED"
    documents '/\nkind: Namespace\n/' <"$RENDERED" >"$WORK/namespace.yaml"
    documents '!/\nkind: Deployment\n.*app.kubernetes.io\/part-of: servicedesk\n/' <"$RENDERED" >"$WORK/before.yaml"
}
