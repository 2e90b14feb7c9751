# shellcheck shell=bash
# Settings come from the environment, then from .env, then from the defaults below.

# Reads KEY=VALUE lines without evaluating them. A variable that is already set wins.
read_env_file() {
    local file=$1 line key value number=0
    [[ -f $file ]] || return 0
    while IFS= read -r line || [[ -n $line ]]; do
        number=$((number + 1))
        line=${line%$'\r'}
        [[ $line =~ ^[[:space:]]*(#|$) ]] && continue
        [[ $line =~ ^[[:space:]]*(export[[:space:]]+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]] ||
            die "$file, line $number: expected NAME=value"
        key=${BASH_REMATCH[2]}
        value=${BASH_REMATCH[3]}
        if [[ $value =~ ^\"(.*)\"[[:space:]]*$ || $value =~ ^\'(.*)\'[[:space:]]*$ ]]; then
            value=${BASH_REMATCH[1]}
        else
            value=${value%%[[:space:]]#*}
            value=${value%"${value##*[![:space:]]}"}
        fi
        # An empty value in the file means "not set", as the lines of .env.example are meant to be filled in.
        [[ -n ${!key+set} || -z $value ]] || export "$key=$value"
    done <"$file"
}

apply_defaults() {
    : "${POSTGRES_PORT:=5432}" "${KAFKA_PORT:=29092}" "${KAFKA_CONTROL_PORT:=29093}"
    : "${KAFKA_TOPIC:=tickets.events}" "${KAFKA_DLQ_TOPIC:=tickets.dlq}"
    : "${KAFKA_GROUP_ID:=notification-service}"
    : "${HTTP_ADDR:=localhost:8080}"
    : "${RELAY_METRICS_ADDR:=localhost:9090}" "${NOTIFIER_METRICS_ADDR:=localhost:9091}"
    # For compose. The services have the same defaults as the rest, and get only what was set on purpose.
    export POSTGRES_PORT KAFKA_PORT

    local name
    for name in POSTGRES_PORT KAFKA_PORT KAFKA_CONTROL_PORT; do
        is_port "${!name}" || die "$name=${!name}: not a port (1 to 65535)"
    done
    for name in HTTP_ADDR RELAY_METRICS_ADDR NOTIFIER_METRICS_ADDR; do
        is_port "$(port_of "${!name}")" || die "$name=${!name}: expected host:port or :port"
    done

    # Servers that are already there are used as they are; nothing is started or stopped for them.
    POSTGRES_IS_GIVEN=${DATABASE_URL:+yes}
    KAFKA_IS_GIVEN=${KAFKA_BROKERS:+yes}
    KAFKA_CONTROL_URL=http://127.0.0.1:$KAFKA_CONTROL_PORT
}

is_port() { [[ $1 =~ ^[0-9]{1,5}$ ]] && ((10#$1 > 0 && 10#$1 < 65536)); }

port_of() { printf '%s' "${1##*:}"; }

# Where a browser or curl on this machine reaches what listens on the given address.
url_of() {
    local host=${1%:*}
    case $host in '' | '*' | '[::]' | 0.0.0.0) host=localhost ;; esac
    printf 'http://%s:%s' "$host" "$(port_of "$1")"
}

without_password() { sed -E 's#(://[^:/@]*):[^@]*@#\1:***@#' <<<"$1"; }

# The addresses of the servers, for the services and for eng/Diag. Call when the infrastructure's kind is known.
export_server_addresses() {
    [[ -n $POSTGRES_IS_GIVEN ]] ||
        DATABASE_URL="postgres://servicedesk:$(postgres_password)@localhost:$POSTGRES_PORT/servicedesk?sslmode=disable"
    [[ -n $KAFKA_IS_GIVEN ]] || KAFKA_BROKERS=127.0.0.1:$KAFKA_PORT
    export DATABASE_URL KAFKA_BROKERS
}

# Kept for as long as the data: a password that nobody else knows needs no default.
postgres_password() {
    local file=$LOCAL_DIR/postgres-password
    if [[ ! -s $file ]]; then
        mkdir -p "$LOCAL_DIR"
        (
            umask 077
            printf '%s' "${POSTGRES_PASSWORD:-$(od -An -N18 -tx1 /dev/urandom | tr -d ' \n')}" >"$file"
        )
    fi
    local password
    password=$(<"$file")
    [[ -z ${POSTGRES_PASSWORD-} || $POSTGRES_PASSWORD == "$password" ]] ||
        die "POSTGRES_PASSWORD differs from the one the local database was made with;" \
            "use that one ($file), or delete the data with scripts/infra.sh down --data"
    printf '%s' "$password"
}
