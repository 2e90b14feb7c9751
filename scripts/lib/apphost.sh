# shellcheck shell=bash
# The AppHost in the background. It starts everything, waits until that is ready, and ends it; scripts only ask it to.

APPHOST_STARTED=

# apphost_start NAME [ARGUMENT...]: returns when everything is ready, with the servers' addresses exported. NAME.log in
# RUN_DIR has the log, and NAME.env the addresses for as long as it runs.
apphost_start() {
    local name=$1
    shift
    rm -f "$RUN_DIR/$name.env"
    # In a process group of its own, so that Ctrl-C reaches this script only, which then stops it.
    set -m
    (cd "$ROOT/ServiceDesk.AppHost" && DOTNET_ENVIRONMENT=Development exec dotnet "$(program ServiceDesk.AppHost)" \
        --dashboard=false --ServiceDesk:AddressFile="$RUN_DIR/$name.env" --Logging:Console:FormatterName=simple \
        --Logging:Console:FormatterOptions:SingleLine=true "$@") \
        >"$RUN_DIR/$name.log" 2>&1 </dev/null {SCRIPT_OUT}>&- {SCRIPT_ERR}>&- &
    APPHOST_STARTED=$!
    set +m
    until_true 300 apphost_is_ready_or_dead "$name" || true
    if [[ ! -f $RUN_DIR/$name.env ]]; then
        # What it says for people begins with its name.
        sed -n '/^AppHost: /,$p' "$RUN_DIR/$name.log" | grep . >&2 || tail -n 20 "$RUN_DIR/$name.log" >&2
        die "$name did not start; the whole log is in .local${RUN_DIR#"$ROOT/.local"}/$name.log"
    fi
    apphost_addresses "$name"
}

apphost_is_ready_or_dead() { [[ -f $RUN_DIR/$1.env ]] || has_ended "$APPHOST_STARTED"; }

# Prints the process id of the AppHost with this name; fails when it does not run.
apphost_pid() {
    local pid
    pid=$(sed -n 's/^APPHOST_PID=//p' "$RUN_DIR/$1.env" 2>/dev/null) && [[ -n $pid ]] &&
        [[ $(command_of "$pid" 2>/dev/null) == *ServiceDesk.AppHost* ]] && printf '%s' "$pid"
}

# Exports the addresses of the servers that it has started. Those that were given win.
apphost_addresses() {
    unset APPHOST_PID
    read_env_file "$RUN_DIR/$1.env"
}

apphost_stop() {
    local pid
    pid=$(apphost_pid "$1") || return 0
    end_process "$pid" 30
    rm -f "$RUN_DIR/$1.env"
}

# Ends the one that this script has started, ready or not.
apphost_stop_started() {
    [[ -z $APPHOST_STARTED ]] || end_process "$APPHOST_STARTED" 30
    APPHOST_STARTED=
}

# Exports the addresses of whatever runs: what e2e_local.sh, infra.sh or make run has started. Fails when nothing does.
use_running() {
    local name found=1
    for name in infrastructure e2e apphost; do
        apphost_pid "$name" >/dev/null && apphost_addresses "$name" && found=0
    done
    return "$found"
}

# For programs that talk to the servers.
require_servers() {
    use_running || [[ -n ${DATABASE_URL-} || -n ${KAFKA_BROKERS-} ]] ||
        die "no servers: start them with scripts/infra.sh up (or everything with make run)," \
            "or name them with DATABASE_URL and KAFKA_BROKERS"
}
