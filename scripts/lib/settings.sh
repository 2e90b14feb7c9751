# shellcheck shell=bash
# Settings come from the environment, then from .env. Their defaults and rules are the AppHost's and the services'.

# Reads NAME=value lines without evaluating them. A variable that is already set wins.
read_env_file() {
    local line name value space='[[:space:]]*'
    [[ -f $1 ]] || return 0
    while IFS= read -r line || [[ -n $line ]]; do
        line=${line%$'\r'}
        [[ $line =~ ^$space(#|$) ]] && continue
        [[ $line =~ ^$space(export[[:space:]]+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]] || die "$1: not NAME=value: $line"
        name=${BASH_REMATCH[2]} value=${BASH_REMATCH[3]}
        if [[ $value =~ ^\"(.*)\"$space$ || $value =~ ^\'(.*)\'$space$ ]]; then
            value=${BASH_REMATCH[1]}
        else
            value=${value%%[[:space:]]#*}
            value=${value%"${value##*[![:space:]]}"}
        fi
        # An empty value in the file means "not set", as the lines of .env.example are meant to be filled in.
        [[ -n ${!name+set} || -z $value ]] || export "$name=$value"
    done <"$1"
}

# Settings like NATIVE=1, as they would come from a make command line.
is_on() { [[ -n $1 && $1 != 0 ]]; }

# service_url SERVICE: where it is reached from this machine.
service_url() {
    local address
    case $1 in
        ticket-api) address=${HTTP_ADDR:-localhost:8080} ;;
        outbox-relay) address=${RELAY_METRICS_ADDR:-localhost:9090} ;;
        notifier) address=${NOTIFIER_METRICS_ADDR:-localhost:9091} ;;
        operator) address=${OPERATOR_ADDR:-localhost:8090} ;;
    esac
    [[ $address =~ ^(|\*|\[::\]|0\.0\.0\.0):(.*) ]] && address=localhost:${BASH_REMATCH[2]}
    printf 'http://%s' "$address"
}
