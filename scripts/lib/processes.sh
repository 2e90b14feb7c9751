# shellcheck shell=bash
# Processes of ours: started in the background with a pid file and a log, stopped with a deadline.

FOREGROUND_PID=

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
    "$@" >"$RUN_DIR/$name.log" 2>&1 </dev/null &
    set +m
    # Beside the pid stands what runs under it: after a crash the pid may belong to somebody else.
    printf '%s\n%s\n' "$!" "${2##*/}" >"$RUN_DIR/$name.pid"
}

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
    kill -0 "$1" 2>/dev/null || return 0
    [[ -r /proc/$1/stat && $(<"/proc/$1/stat") == *') Z '* ]] 2>/dev/null
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

# stop_on_exit FUNCTION: runs it once, with the exit status, however the script ends; what fails in it does not keep the
# rest from being stopped. (What it calls must say "return 0": in a trap, a bare return means the status before it.)
stop_on_exit() {
    # shellcheck disable=SC2064 # The function's name is known now and not later.
    trap "EXIT_STATUS=\$?; trap '' INT TERM HUP; set +e; stop_foreground; $1 \$EXIT_STATUS; stop_leftovers" EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
}

show_log_end() {
    local log=$RUN_DIR/$1.log
    [[ -f $log ]] || return 0
    printf -- '--- the last lines of %s\n' "${log#"$ROOT"/}" >&2
    tail -n "${2:-15}" "$log" >&2
    printf -- '---\n' >&2
}
