# shellcheck shell=bash
# The lane (full or stand-in, see eng/lane.sh), the build, and where its programs are.

# Sets LANE and says which it is and why. Exported, so that scripts called from here need not find out again.
choose_lane() {
    local found=$RUN_DIR/lane
    require_dotnet
    mkdir -p "$RUN_DIR"
    interruptible "$ROOT/eng/lane.sh" >"$found" 2>"$found.reason" || {
        cat "$found.reason" >&2
        die "eng/lane.sh found no lane"
    }
    LANE=$(<"$found")
    export LANE
    tail -n 1 "$found.reason"
}

require_dotnet() {
    command -v dotnet >/dev/null || die "dotnet is not on the PATH; install the .NET SDK that global.json names"
    (cd "$ROOT" && dotnet --version >/dev/null 2>&1) ||
        die "no .NET SDK that satisfies global.json; installed: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ')"
}

lane_solution() {
    case $LANE in
        full) printf '%s' "$ROOT/ServiceDesk.sln" ;;
        stand-in) printf '%s' "$ROOT/eng/stand-ins/ServiceDesk.slnf" ;;
        *) die "LANE=$LANE: expected full or stand-in" ;;
    esac
}

# Sets PROPERTIES to what every dotnet command on the solution needs in the chosen lane.
lane_properties() {
    PROPERTIES=()
    [[ $LANE == full ]] || PROPERTIES=(-p:StandIns=true)
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
    local native='' compiler=servicedesk-$$ status=0
    lane_properties
    if [[ $LANE == stand-in ]]; then
        "$ROOT/eng/librdkafka.sh" &
        native=$!
    fi
    dotnet restore "$(lane_solution)" --disable-build-servers -nologo -v quiet "${PROPERTIES[@]}" || status=$?
    [[ -z $native ]] || wait "$native" || status=$?
    ((status == 0)) || return "$status"
    # One warm compiler for all projects, under a name of its own: nothing of the build stays behind as a process.
    dotnet build "$(lane_solution)" -c Release --no-restore -nodeReuse:false -nologo -v quiet "${PROPERTIES[@]}" \
        -p:UseSharedCompilation=true -p:SharedCompilationId="$compiler" || status=$?
    pkill -f -- "-pipename:$compiler" || true
    return "$status"
}

# A first build takes long enough to make people wonder.
build_takes() {
    if [[ $LANE == stand-in && ! -d $LOCAL_DIR/librdkafka ]]; then
        printf ' (the first time also librdkafka, from source: some minutes in all)'
    elif [[ ! -f $(program ServiceDesk.TicketApi) ]]; then
        printf ' (the first time: a minute or two)'
    fi
}

fail_with_log() {
    tail -n 40 "$1" >&2
    die "$2; the whole output is in ${1#"$ROOT"/}"
}

# program PROJECT [NAME]: the path of a built program in the chosen lane.
program() {
    local output=bin/Release/net10.0
    [[ $LANE == full ]] || output=bin/stand-in/Release/net10.0
    printf '%s/%s/%s/%s.dll' "$ROOT" "$1" "$output" "${2:-${1##*/}}"
}

# For commands that should answer at once: takes the lane that was built last, and builds only when there is none.
use_built_lane() {
    local full standin
    if [[ -z ${LANE-} ]]; then
        full=$(LANE=full program "$1")
        standin=$(LANE=stand-in program "$1")
        if [[ -f $full && ! $full -ot $standin ]]; then
            export LANE=full
        elif [[ -f $standin ]]; then
            export LANE=stand-in
        fi
    fi
    [[ -n ${LANE-} && -f $(program "$1") ]] || {
        choose_lane >&2
        build_solution >&2
    }
}

diag() { dotnet "$(program eng/Diag)" "$@"; }

# The services as they are deployed, each compiled to a native program. Exports PUBLISHED, the folder with theirs.
publish_services() {
    local project system log=$RUN_DIR/publish.log
    export PUBLISHED=$LOCAL_DIR/published
    system=$(dotnet msbuild "$ROOT/ServiceDesk.TicketApi" -getProperty:NETCoreSdkPortableRuntimeIdentifier)
    rm -rf -- "$PUBLISHED"
    lane_properties
    for project in ServiceDesk.TicketApi ServiceDesk.OutboxRelay ServiceDesk.Notifier; do
        say "compiling $project to a native program (the first time: some minutes)"
        interruptible dotnet publish "$ROOT/$project" -c Release -r "$system" -o "$PUBLISHED/$project" \
            --disable-build-servers -nologo "${PROPERTIES[@]}" >"$log" 2>&1 || fail_with_log "$log" "$project was not published"
    done
}

# Settings like NATIVE=1, as they would come from a make command line.
is_on() { [[ -n $1 && $1 != 0 ]]; }
