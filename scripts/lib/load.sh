# shellcheck shell=bash
# Everything the scripts share, in the order in which the parts need each other.

if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 501)); then
    echo "error: these scripts need bash 5.1 or later; this is $BASH_VERSION (macOS: brew install bash)" >&2
    exit 2
fi

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
LOCAL_DIR=$ROOT/.local
RUN_DIR=$LOCAL_DIR/run

# shellcheck source=lib/console.sh
source "$ROOT/scripts/lib/console.sh"
# shellcheck source=lib/settings.sh
source "$ROOT/scripts/lib/settings.sh"
# shellcheck source=lib/ports.sh
source "$ROOT/scripts/lib/ports.sh"
# shellcheck source=lib/processes.sh
source "$ROOT/scripts/lib/processes.sh"
# shellcheck source=lib/build.sh
source "$ROOT/scripts/lib/build.sh"
# shellcheck source=lib/postgres.sh
source "$ROOT/scripts/lib/postgres.sh"
# shellcheck source=lib/kafka.sh
source "$ROOT/scripts/lib/kafka.sh"
# shellcheck source=lib/containers.sh
source "$ROOT/scripts/lib/containers.sh"
# shellcheck source=lib/infrastructure.sh
source "$ROOT/scripts/lib/infrastructure.sh"
# shellcheck source=lib/services.sh
source "$ROOT/scripts/lib/services.sh"

read_env_file "$ROOT/.env"
apply_defaults
stop_on_exit :
