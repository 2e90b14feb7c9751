# shellcheck shell=bash
# The build, and where its programs are.

# build [PROJECT]: once, in Release; the whole output is in a log, and shown only when the build fails.
build() {
    local started log=$RUN_DIR/build.log
    started=$(now_ms)
    # Two builds at once would overwrite each other's files.
    if command -v flock >/dev/null; then
        exec {BUILD_LOCK}>"$RUN_DIR/build.lock"
        flock -w 600 "$BUILD_LOCK" || die "another build has held $RUN_DIR/build.lock for 10 minutes"
    fi
    say "building (the first time: a minute or two); what it says goes to ${log#"$ROOT"/}"
    # Nothing of the build stays behind as a process.
    dotnet build "$ROOT/${1:-ServiceDesk.sln}" -c Release -nologo -v quiet --disable-build-servers >"$log" 2>&1 ||
        fail_with_log "$log" "the build failed"
    [[ -z ${BUILD_LOCK-} ]] || exec {BUILD_LOCK}>&-
    say "built in $((($(now_ms) - started) / 1000)) s"
}

fail_with_log() {
    tail -n 40 "$1" >&2
    die "$2; the whole output is in ${1#"$ROOT"/}"
}

# program PROJECT [NAME]: the path of a built program.
program() { printf '%s/%s/bin/Release/net10.0/%s.dll' "$ROOT" "$1" "${2:-${1##*/}}"; }

diag() { dotnet "$(program ServiceDesk.Operator)" "$@"; }

# The services as they are deployed, each compiled to a native program. Exports PUBLISHED, the folder with theirs.
publish_services() {
    local project system log=$RUN_DIR/publish.log
    export PUBLISHED=$LOCAL_DIR/published
    system=$(dotnet msbuild "$ROOT/ServiceDesk.TicketApi" -getProperty:NETCoreSdkPortableRuntimeIdentifier)
    rm -rf -- "$PUBLISHED"
    for project in ServiceDesk.TicketApi ServiceDesk.OutboxRelay ServiceDesk.Notifier; do
        say "compiling $project to a native program (the first time: some minutes)"
        dotnet publish "$ROOT/$project" -c Release -r "$system" -o "$PUBLISHED/$project" \
            --disable-build-servers -nologo >"$log" 2>&1 || fail_with_log "$log" "$project was not published"
    done
}
