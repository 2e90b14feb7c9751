# shellcheck shell=bash
# What all scripts have: how they talk, and the parts, in the order in which they need each other.

if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 501)); then
    echo "error: these scripts need bash 5.1 or later; this is $BASH_VERSION (macOS: brew install bash)" >&2
    exit 2
fi

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
LOCAL_DIR=$ROOT/.local
RUN_DIR=$LOCAL_DIR/run

say() { printf '%s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }

die() { printf 'error: %s\n' "$*" >&2 && exit 1; }

usage_error() {
    printf 'error: %s\nTry %s --help\n' "$1" "${0##*/}" >&2
    exit 2
}

# The comment block below the shebang is the help text, so that it is written once.
show_help() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"; }

now_ms() { printf '%s' "$((${EPOCHREALTIME/[.,]/} / 1000))"; }

# until_true SECONDS COMMAND...: polls until the command succeeds; fails when the time is up.
until_true() {
    local deadline=$(($(now_ms) + $1 * 1000))
    shift
    until "$@"; do
        (($(now_ms) < deadline)) || return 1
        sleep 0.1
    done
}

new_uuid() { cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen | tr '[:upper:]' '[:lower:]'; }

for part in settings processes build apphost; do
    # shellcheck source=/dev/null
    source "$ROOT/scripts/lib/$part.sh"
done

mkdir -p "$RUN_DIR"
read_env_file "$ROOT/.env"
stop_on_exit :
