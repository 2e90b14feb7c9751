# shellcheck shell=bash
# Postgres and Kafka, whichever way they run. What was already there is used, and left running.

# What this script started, in order.
STARTED_INFRASTRUCTURE=()

# Sets INFRA to containers or local. What runs already decides first, so that "down" stops what "up" started.
choose_infrastructure() {
    local known=$RUN_DIR/infrastructure
    if [[ -z ${INFRA-} && -f $known ]]; then
        INFRA=$(<"$known")
    fi
    if [[ -z ${INFRA-} ]]; then
        INFRA=local
        ! find_container_runtime || INFRA=containers
    fi
    case $INFRA in
        containers) find_container_runtime || die "INFRA=containers, but neither docker nor podman answers" ;;
        local) [[ -n $POSTGRES_IS_GIVEN ]] || require_postgres_programs ;;
        *) die "INFRA=$INFRA: expected containers or local" ;;
    esac
    export_server_addresses
}

server_is_given() {
    case $1 in
        postgres) [[ -n $POSTGRES_IS_GIVEN ]] ;;
        kafka) [[ -n $KAFKA_IS_GIVEN ]] ;;
    esac
}

server_is_running() { if [[ $INFRA == containers ]]; then container_is_running "$1"; else "$1_is_running"; fi; }

# Prints "PORT PURPOSE SETTING" of every port that infrastructure_start would take.
infrastructure_ports() {
    if ! server_is_given postgres && ! server_is_running postgres; then
        say "$POSTGRES_PORT Postgres POSTGRES_PORT"
    fi
    if ! server_is_given kafka && ! server_is_running kafka; then
        say "$KAFKA_PORT Kafka KAFKA_PORT"
        [[ $INFRA == containers ]] || say "$KAFKA_CONTROL_PORT LocalKafka-control KAFKA_CONTROL_PORT"
    fi
}

infrastructure_start() {
    infrastructure_start_one postgres
    infrastructure_start_one kafka
}

infrastructure_start_one() {
    mkdir -p "$RUN_DIR"
    if server_is_given "$1"; then
        say "$(server_line "$1"): given, used as it is"
    elif server_is_running "$1"; then
        say "$(server_line "$1"): already running"
    else
        printf '%s' "$INFRA" >"$RUN_DIR/infrastructure"
        STARTED_INFRASTRUCTURE+=("$1")
        if [[ $INFRA == containers ]]; then container_start "$1"; else "$1_start"; fi
        say "$(server_line "$1"): started"
    fi
}

server_line() {
    case $1 in
        postgres) printf 'Postgres  %s' "$(without_password "$DATABASE_URL")" ;;
        kafka) printf 'Kafka     %s' "$KAFKA_BROKERS" ;;
    esac
}

# infrastructure_stop SERVER...
infrastructure_stop() {
    local index
    for ((index = $#; index > 0; index--)); do
        if [[ $INFRA == containers ]]; then container_stop "${!index}"; else "${!index}_stop"; fi
    done
    server_is_running postgres || server_is_running kafka || rm -f "$RUN_DIR/infrastructure"
}

infrastructure_stop_started() {
    ((!${#STARTED_INFRASTRUCTURE[@]})) || infrastructure_stop "${STARTED_INFRASTRUCTURE[@]}"
    STARTED_INFRASTRUCTURE=()
}
