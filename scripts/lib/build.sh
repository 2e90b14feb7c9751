# shellcheck shell=bash
# The build, and where its programs are.

require_dotnet() {
    command -v dotnet >/dev/null || die "dotnet is not on the PATH; install the .NET SDK that global.json names"
    (cd "$ROOT" && dotnet --version >/dev/null 2>&1) ||
        die "no .NET SDK that satisfies global.json; installed: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ')"
}

# Builds everything once, in Release; the whole output is in a log, and shown only when the build fails.
build_solution() {
    local started log=$RUN_DIR/build.log
    started=$(now_ms)
    mkdir -p "$RUN_DIR"
    # Two builds at once would overwrite each other's files.
    if command -v flock >/dev/null; then
        exec {BUILD_LOCK}>"$RUN_DIR/build.lock"
        flock -w 600 "$BUILD_LOCK" || die "another build has held $RUN_DIR/build.lock for 10 minutes"
    fi
    say "building; what it says goes to ${log#"$ROOT"/}$(build_takes)"
    interruptible compile >"$log" 2>&1 || fail_with_log "$log" "the build failed"
    [[ -z ${BUILD_LOCK-} ]] || exec {BUILD_LOCK}>&-
    say "built in $((($(now_ms) - started) / 1000)) s"
}

compile() {
    local compiler=servicedesk-$$ status=0
    require_dotnet
    # One warm compiler for all projects, under a name of its own: nothing of the build stays behind as a process.
    dotnet build "$ROOT/ServiceDesk.sln" -c Release -nodeReuse:false -nologo -v quiet \
        -p:UseSharedCompilation=true -p:SharedCompilationId="$compiler" || status=$?
    pkill -f -- "-pipename:$compiler" || true
    return "$status"
}

# A first build takes long enough to make people wonder.
build_takes() { [[ -f $(program ServiceDesk.TicketApi) ]] || printf ' (the first time: a minute or two)'; }

fail_with_log() {
    tail -n 40 "$1" >&2
    die "$2; the whole output is in ${1#"$ROOT"/}"
}

# program PROJECT [NAME]: the path of a built program.
program() { printf '%s/%s/bin/Release/net10.0/%s.dll' "$ROOT" "$1" "${2:-${1##*/}}"; }

# For commands that should answer at once: builds only what was never built.
require_built() { [[ -f $(program "$1") ]] || build_solution >&2; }

diag() { dotnet "$(program eng/Diag)" "$@"; }

# The services as they are deployed, each compiled to a native program. Exports PUBLISHED, the folder with theirs.
publish_services() {
    local project system log=$RUN_DIR/publish.log
    export PUBLISHED=$LOCAL_DIR/published
    system=$(dotnet msbuild "$ROOT/ServiceDesk.TicketApi" -getProperty:NETCoreSdkPortableRuntimeIdentifier)
    rm -rf -- "$PUBLISHED"
    for project in ServiceDesk.TicketApi ServiceDesk.OutboxRelay ServiceDesk.Notifier; do
        say "compiling $project to a native program (the first time: some minutes)"
        interruptible dotnet publish "$ROOT/$project" -c Release -r "$system" -o "$PUBLISHED/$project" \
            --disable-build-servers -nologo >"$log" 2>&1 || fail_with_log "$log" "$project was not published"
    done
}

# Settings like NATIVE=1, as they would come from a make command line.
is_on() { [[ -n $1 && $1 != 0 ]]; }
