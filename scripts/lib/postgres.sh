# shellcheck shell=bash
# PostgreSQL as a local process, from the server's own programs.

# The folder with initdb, postgres and pg_ctl: from the PATH, else the newest that Debian's packages installed.
postgres_programs() {
    local folder installed
    mapfile -t installed < <(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV)
    for folder in "$(dirname "$(command -v postgres || true)")" "${installed[@]}"; do
        if [[ -x $folder/initdb && -x $folder/postgres && -x $folder/pg_ctl ]]; then
            printf '%s' "$folder"
            return 0
        fi
    done
    return 1
}

require_postgres_programs() {
    postgres_programs >/dev/null ||
        die "PostgreSQL's server programs (initdb, postgres, pg_ctl) are neither on the PATH nor in" \
            "/usr/lib/postgresql/*/bin, and no container runtime answers." \
            "Install them (Debian, Ubuntu: apt-get install postgresql), start docker or podman," \
            "or set DATABASE_URL to a server that is already there."
}

# The server refuses to run as root.
postgres_os_user() {
    local user
    ((EUID == 0)) || return 1
    for user in postgres nobody; do
        id "$user" >/dev/null 2>&1 && printf '%s' "$user" && return 0
    done
    die "running as root, and there is no user postgres or nobody to run PostgreSQL as"
}

as_postgres() {
    local user
    if ! user=$(postgres_os_user); then
        "$@"
    elif command -v runuser >/dev/null; then
        runuser -u "$user" -- "$@"
    else
        # shellcheck disable=SC2016 # The inner shell expands it.
        su -s /bin/sh "$user" -c '"$0" "$@"' -- "$@"
    fi
}

# .local/pg; outside the repository only where PostgreSQL's user cannot reach that (a clone below /root).
postgres_data() {
    if ((EUID == 0)) && ! as_postgres test -x "$LOCAL_DIR"; then
        printf '/var/tmp/servicedesk-pg-%s' "$(cksum <<<"${LOCAL_DIR%/.local}" | cut -d' ' -f1)"
    else
        printf '%s/pg' "$LOCAL_DIR"
    fi
}

postgres_is_running() {
    local data pid
    data=$(postgres_data)
    [[ -f $data/postmaster.pid ]] && read -r pid <"$data/postmaster.pid" && ! has_ended "$pid" &&
        [[ $(command_of "$pid" 2>/dev/null) == *"$data"* ]]
}

postgres_start() {
    local programs data options log=$RUN_DIR/postgres.log
    programs=$(postgres_programs)
    data=$(postgres_data)
    mkdir -p "$RUN_DIR" "$data"
    : >>"$log"
    if ((EUID == 0)); then
        chown "$(postgres_os_user)" "$data" "$log"
    fi
    chmod 700 "$data"
    [[ -f $data/PG_VERSION ]] || postgres_create "$programs" "$data"
    [[ $("$programs/postgres" -V) =~ \ ([0-9]+) && ${BASH_REMATCH[1]} == "$(<"$data/PG_VERSION")" ]] ||
        die "$data was made by PostgreSQL $(<"$data/PG_VERSION"), $programs is another version;" \
            "delete the data with scripts/infra.sh down --data, or put the other version first on the PATH"
    # No Unix socket: its path would be limited to about 100 characters, and nothing here needs one.
    options="-p $POSTGRES_PORT -c listen_addresses=localhost -c unix_socket_directories= ${POSTGRES_OPTIONS-}"
    (cd "$data" && as_postgres "$programs/pg_ctl" start -D "$data" -l "$log" -w -t 60 -s -o "$options") \
        </dev/null {SCRIPT_OUT}>&- {SCRIPT_ERR}>&- || {
        show_log_end postgres
        die "PostgreSQL did not start"
    }
}

postgres_create() {
    local programs=$1 data=$2 password_file
    say "creating a database cluster in ${data#"$ROOT"/}"
    password_file=$(mktemp)
    postgres_password >"$password_file"
    ((EUID != 0)) || chown "$(postgres_os_user)" "$password_file"
    (cd "$data" && as_postgres "$programs/initdb" -D "$data" -U servicedesk -A scram-sha-256 \
        --pwfile="$password_file" -E UTF8 --locale=C --no-instructions) >"$RUN_DIR/initdb.log" 2>&1 || {
        rm -f "$password_file"
        show_log_end initdb
        die "initdb failed"
    }
    rm -f "$password_file"
}

postgres_stop() {
    local programs data
    postgres_is_running || return 0
    programs=$(postgres_programs)
    data=$(postgres_data)
    (cd "$data" && { as_postgres "$programs/pg_ctl" stop -D "$data" -m fast -w -t 30 -s ||
        as_postgres "$programs/pg_ctl" stop -D "$data" -m immediate -w -t 10 -s; }) || warn "PostgreSQL did not stop"
}
