#!/usr/bin/env bash
# Looks into the running system: the outbox, Kafka, and what was processed.
#
#   scripts/diag.sh up | down | status     local infrastructure (see scripts/infra.sh --help)
#   scripts/diag.sh outbox                 the outbox by status, with the errors
#   scripts/diag.sh processed              what the notifier has processed, with the errors
#   scripts/diag.sh peek [TOPIC]           the newest messages (--limit N, --from-beginning, --event-id ID, --full)
#   scripts/diag.sh group [ID]             per partition: committed, end, lag
#   scripts/diag.sh replay ID | --all      give failed events another chance
#   scripts/diag.sh commands               everything that it can do: lag, topics, groups and more
#
# DATABASE_URL, KAFKA_BROKERS and the rest come from the environment or .env; unset, those of what runs here.
set -euo pipefail
# shellcheck source=lib/load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"

case ${1---help} in
    up | down | status) exec "$ROOT/scripts/infra.sh" "$@" ;;
    -h | --help) show_help ;;
    *)
        [[ $1 != commands ]] || set -- --help
        [[ -f $(program ServiceDesk.Operator) ]] || build ServiceDesk.Operator >&2
        require_servers
        exec dotnet "$(program ServiceDesk.Operator)" "$@"
        ;;
esac
