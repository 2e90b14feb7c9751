#!/usr/bin/env bash
# Breaks everything under load, again and again, and checks every promise afterwards: two APIs, three relays and two
# notifiers are killed, frozen and restarted, the broker and Postgres taken away. Prints events as they happen, and a
# table at the end. The exit code is 0 only when every invariant holds.
#
#   scripts/chaos.sh              5 minutes, a random seed
#   MINUTES=30 SEED=7 scripts/chaos.sh
#
# ALERTS=1 (make alerts) strikes each fault alone instead, and checks the alerts that it raises, which needs prometheus.
# SEED repeats the faults of a run, their order and sizes. HOLD=1 lets failed events hold their tickets. NATIVE=1 has it
# break the services as they are deployed, compiled to native programs. The run has a throw-away PostgreSQL cluster and
# a local broker of its own, or uses the servers that DATABASE_URL and KAFKA_BROKERS name: those it does not take down,
# but for a broker with the commands CHAOS_BROKER_KILL and CHAOS_BROKER_START to do it.
set -euo pipefail
# shellcheck source=lib/load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"

[[ $# -eq 0 ]] || { show_help && exit; }
[[ ${MINUTES:=5} =~ ^[1-9][0-9]{0,4}$ ]] || usage_error "MINUTES=$MINUTES: expected a whole number greater than 0"
export CHAOS_SECONDS=$((MINUTES * 60)) CHAOS_SEED=${SEED-} CHAOS_REPORT=$RUN_DIR/chaos.txt
! is_on "${HOLD-}" || export CHAOS_HOLD=1

# shellcheck disable=SC2317 # Called on exit.
stop_all() { [[ -z ${REPORTING-} ]] || kill "$REPORTING"; }

TEST=Faults.Chaos.ChaosTests
! is_on "${ALERTS-}" || export ALERT_DRILLS=1 TEST=Observability.AlertDrillTests
build
! is_on "${NATIVE-}" || publish_services
stop_on_exit stop_all
# The test's own output comes at its end only, so it writes its report here as well.
: >"$CHAOS_REPORT"
tail -f "$CHAOS_REPORT" &
REPORTING=$!
dotnet test "$ROOT/ServiceDesk.sln" -c Release --no-build -nologo -nodeReuse:false \
    --filter "FullyQualifiedName~$TEST" >"$RUN_DIR/chaos.log" 2>&1 || {
    tail -n 40 "$RUN_DIR/chaos.log" >&2
    exit 1
}
