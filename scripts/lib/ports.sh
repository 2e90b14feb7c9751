# shellcheck shell=bash
# Who listens on a port: from /proc on Linux (no ss needed), from lsof elsewhere.

# Prints "inode uid" of every listening socket on the port.
listening_sockets() {
    local hex
    hex=$(printf '%04X' "$1")
    # Columns: number, local address, remote address, state (0A: listening), queues, timer, retransmits, uid, -, inode.
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
        while read -r _ local _ state _ _ _ uid _ inode _; do
            [[ $state == 0A && ${local##*:} == "$hex" ]] && printf '%s %s\n' "$inode" "$uid"
        done | sort -u
}

# Prints "pid command" of the holder, or what is known of it; fails when nobody listens.
port_holder() {
    local port=$1 inode uid owner
    if [[ -r /proc/net/tcp ]]; then
        read -r inode uid < <(listening_sockets "$port") || return 1
        # Other users' processes cannot be looked into, and some end meanwhile: find complains, and goes on.
        owner=$(find /proc/[0-9]*/fd -maxdepth 1 -lname "socket:\[$inode\]" 2>/dev/null || true)
        owner=$(head -n 1 <<<"$owner" | cut -d/ -f3)
        if [[ -n $owner ]]; then
            describe_process "$owner"
        else
            printf 'a process of the user with id %s (its pid is visible only to that user and root)' "$uid"
        fi
    elif command -v lsof >/dev/null; then
        owner=$(lsof -nP -t -iTCP:"$port" -sTCP:LISTEN 2>/dev/null | head -n 1)
        [[ -n $owner ]] || return 1
        describe_process "$owner"
    else
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 1
        printf 'a process that could not be determined (no /proc, no lsof)'
    fi
}

# require_free_ports "PORT PURPOSE SETTING"...: names every port that is taken, and its holder, then gives up.
require_free_ports() {
    local entry port purpose setting holder taken=0
    for entry in "$@"; do
        read -r port purpose setting <<<"$entry"
        holder=$(port_holder "$port") || continue
        taken=1
        printf 'error: port %s (for %s, setting %s) is taken by %s\n' "$port" "$purpose" "$setting" "$holder" >&2
        if [[ $holder =~ ^pid\ ([0-9]+) ]] && is_ours "${BASH_REMATCH[1]}"; then
            printf '       (started by these scripts; scripts/e2e_local.sh --stop ends what they left running)\n' >&2
        fi
    done
    ((!taken)) || die "nothing was started"
}

describe_process() {
    local command
    command=$(command_of "$1")
    printf 'pid %s: %s' "$1" "${command:0:160}"
}
