# shellcheck shell=bash
# Ends what a script has started, however the script ends.

# The script's own output: a signal may find it inside a function whose output goes elsewhere.
exec {SCRIPT_OUT}>&1 {SCRIPT_ERR}>&2

# A process that ended but was not collected (nobody does that for orphans in some containers) has ended, too.
has_ended() { [[ $(cat "/proc/$1/stat" 2>/dev/null || ps -o stat= -p "$1" 2>/dev/null) =~ ^$|^Z|\)\ Z\  ]]; }

command_of() { tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" || ps -o command= -p "$1"; }

# end_process PID SECONDS: asks it to end, and kills it when the time is up.
end_process() {
    kill -TERM "$1" 2>/dev/null || return 0
    until_true "$2" has_ended "$1" || {
        warn "process $1 did not end within $2 s: killed"
        kill -KILL "$1" 2>/dev/null || true
    }
}

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
    "$STOP_FUNCTION" "$1"
    exit "$1"
}
