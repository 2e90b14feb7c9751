# shellcheck shell=bash
# Processes of ours: started in the background with a pid file and a log, stopped with a deadline.

FOREGROUND_PID=

# The script's own output: a signal may find it inside a function whose output goes elsewhere.
exec {SCRIPT_OUT}>&1 {SCRIPT_ERR}>&2

command_of() {
    if [[ -r /proc/$1/cmdline ]]; then
        tr '\0' ' ' <"/proc/$1/cmdline" | sed 's/ $//'
    else
        ps -o command= -p "$1"
    fi
}

# start_process NAME PROGRAM FILE [ARGUMENT...]: in its own process group, so that Ctrl-C reaches this script only,
# which then stops the processes in the right order.
start_process() {
    local name=$1
    shift
    mkdir -p "$RUN_DIR"
    set -m
    "$@" >"$RUN_DIR/$name.log" 2>&1 </dev/null {SCRIPT_OUT}>&- {SCRIPT_ERR}>&- &
    set +m
    # Beside the pid stands what runs under it: after a crash the pid may belong to somebody else.
    printf '%s\n%s\n' "$!" "${2##*/}" >"$RUN_DIR/$name.pid"
    # For a moment the new process is still a copy of this script.
    until_true 10 runs_or_has_ended "$!" "${2##*/}" || die "$name did not start within 10 s"
}

runs_or_has_ended() { has_ended "$1" || [[ $(command_of "$1" 2>/dev/null) == *"$2"* ]]; }

# The pid of a running process of ours by name; fails when there is none.
running_pid() {
    local pid program
    [[ -f $RUN_DIR/$1.pid ]] || return 1
    { read -r pid && read -r program; } <"$RUN_DIR/$1.pid" || return 1
    ! has_ended "$pid" && [[ $(command_of "$pid" 2>/dev/null) == *"$program"* ]] || return 1
    printf '%s' "$pid"
}

is_running() { running_pid "$1" >/dev/null; }

# Whether the pid is that of a process which these scripts started.
is_ours() {
    local file
    for file in "$RUN_DIR"/*.pid; do
        [[ -f $file && $(head -n 1 "$file") == "$1" ]] && return 0
    done
    return 1
}

# A process that ended but was not collected (nobody does that for orphans in some containers) has ended, too.
has_ended() {
    if [[ -d /proc/self ]]; then
        [[ $(cat "/proc/$1/stat" 2>/dev/null || true) =~ ^$|\)\ Z\  ]]
    elif kill -0 "$1" 2>/dev/null; then
        return 1
    fi
}

stop_process() {
    local name=$1 limit=${2:-20} pid
    if pid=$(running_pid "$name"); then
        kill -TERM "$pid" 2>/dev/null || true
        if ! until_true "$limit" has_ended "$pid"; then
            warn "$name (pid $pid) did not end within $limit s: killed"
            kill -KILL "$pid" 2>/dev/null || true
            until_true 5 has_ended "$pid" || warn "$name (pid $pid) is still there"
        fi
    fi
    rm -f "$RUN_DIR/$name.pid"
}

# Runs a command so that a signal to this script ends it at once instead of after it has finished.
interruptible() {
    local status=0
    set -m
    "$@" </dev/null &
    FOREGROUND_PID=$!
    set +m
    wait "$FOREGROUND_PID" || status=$?
    FOREGROUND_PID=
    return "$status"
}

stop_foreground() {
    [[ -n $FOREGROUND_PID ]] || return 0
    kill -TERM -- "-$FOREGROUND_PID" 2>/dev/null || true
    until_true 10 has_ended "$FOREGROUND_PID" || kill -KILL -- "-$FOREGROUND_PID" 2>/dev/null || true
    FOREGROUND_PID=
}

# From here on, what was started in the background stays when the script ends.
keep_running() { disown -a; }

# What a signal caught between its start and the note of its pid.
stop_leftovers() {
    local pid
    for pid in $(jobs -p); do
        kill -KILL -- "-$pid" 2>/dev/null || true
    done
}

STOP_FUNCTION=:

# stop_on_exit FUNCTION: runs it once, with the exit status, however the script ends.
stop_on_exit() {
    STOP_FUNCTION=$1
    trap 'end_script $?' EXIT
    # Not by way of exit and the trap above: where a signal meets a failing expansion, bash skips that.
    trap 'end_script 130' INT
    trap 'end_script 143' TERM
    trap 'end_script 129' HUP
}

# What fails here must not keep the rest from being stopped. (What this calls says "return 0", never just "return":
# in a trap that means the status before it.)
end_script() {
    trap '' INT TERM HUP
    trap - EXIT
    set +e
    exec 1>&"$SCRIPT_OUT" 2>&"$SCRIPT_ERR"
    stop_foreground
    "$STOP_FUNCTION" "$1"
    stop_leftovers
    exit "$1"
}

show_log_end() {
    local log=$RUN_DIR/$1.log
    [[ -f $log ]] || return 0
    printf -- '--- the last lines of %s\n' "${log#"$ROOT"/}" >&2
    tail -n "${2:-15}" "$log" >&2
    printf -- '---\n' >&2
}
