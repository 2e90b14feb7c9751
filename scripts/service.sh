#!/usr/bin/env bash
# Runs one program of the system in the foreground, against the local infrastructure (scripts/infra.sh up) or the
# servers that DATABASE_URL and KAFKA_BROKERS name.
#
#   scripts/service.sh migrator | ticket-api | outbox-relay | notifier | operator
set -euo pipefail
# shellcheck source=lib/load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"

case ${1---help} in
    migrator) project=ServiceDesk.Migrator ;;
    ticket-api) project=ServiceDesk.TicketApi ;;
    # METRICS_ADDR means the relay and the notifier alike; one machine has to tell them apart.
    outbox-relay) project=ServiceDesk.OutboxRelay METRICS_ADDR=${RELAY_METRICS_ADDR:-localhost:9090} ;;
    notifier) project=ServiceDesk.Notifier METRICS_ADDR=${NOTIFIER_METRICS_ADDR:-localhost:9091} ;;
    operator) project=ServiceDesk.Operator HTTP_ADDR=${OPERATOR_ADDR:-localhost:8090} ;;
    -h | --help) show_help && exit ;;
    *) usage_error "unknown program $1" ;;
esac

require_servers
export HTTP_ADDR METRICS_ADDR DOTNET_ENVIRONMENT=${DOTNET_ENVIRONMENT:-Development}
build "$project"
exec dotnet "$(program "$project")"
