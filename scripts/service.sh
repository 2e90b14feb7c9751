#!/usr/bin/env bash
# Runs one program of the system in the foreground, against the local infrastructure (scripts/infra.sh up) or the
# servers that DATABASE_URL and KAFKA_BROKERS name.
#
#   scripts/service.sh migrator | ticket-api | outbox-relay | notifier
set -euo pipefail
# shellcheck source=lib/load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"

case ${1---help} in
    migrator | ticket-api | outbox-relay | notifier) ;;
    -h | --help)
        show_help
        exit
        ;;
    *) usage_error "unknown program $1" ;;
esac

if [[ $1 != migrator ]]; then
    mapfile -t ports < <(service_ports | grep -F " $(service_project "$1" | cut -d. -f2) ")
    require_free_ports "${ports[@]}"
fi
build_solution
export_server_addresses
if [[ $1 == migrator ]]; then
    COMMAND=(dotnet "$(program ServiceDesk.Migrator)")
else
    service_command "$1"
fi
exec "${COMMAND[@]}"
