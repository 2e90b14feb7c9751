#!/usr/bin/env bash
# Breaks everything under load, again and again, and checks every promise afterwards: two APIs, three relays and two
# notifiers are killed, frozen and restarted, the broker and Postgres taken away. Prints what happens while it happens, and
# a table at the end. The exit code is 0 only when every invariant holds.
#
#   scripts/chaos.sh              5 minutes, a random seed
#   MINUTES=30 SEED=7 scripts/chaos.sh
#
# SEED repeats the faults of a run, their order and sizes. NATIVE=1 has it break the services as they are deployed, compiled
# to native programs. The run has a throw-away PostgreSQL cluster and a local broker of its own, or uses
# the servers that DATABASE_URL and KAFKA_BROKERS name: those it does not take down, but for a broker with the commands
# CHAOS_BROKER_KILL and CHAOS_BROKER_START to do it.
set -euo pipefail
# shellcheck source=lib/load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"

REPORT=$RUN_DIR/chaos.txt
PIPE=$RUN_DIR/chaos.pipe

# Settings of the environment, as they would come from a make command line: empty means not given.
whole_number() {
    [[ ${2:-$3} =~ ^[1-9][0-9]{0,8}$ ]] || usage_error "$1=$2: expected a whole number greater than 0"
    printf '%s' "${2:-$3}"
}

# shellcheck disable=SC2317 # Called on exit.
remove_pipe() {
    rm -f "$PIPE"
    return 0
}

case ${1-} in
    '') ;;
    -h | --help)
        show_help
        exit
        ;;
    *) usage_error "unknown option $1" ;;
esac

MINUTES=$(whole_number MINUTES "${MINUTES-}" 5)
[[ -z ${SEED-} ]] || CHAOS_SEED=$(whole_number SEED "$SEED" 0)
[[ -n $POSTGRES_IS_GIVEN ]] || require_postgres_programs
export CHAOS_SECONDS=$((MINUTES * 60)) CHAOS_REPORT=$PIPE ${CHAOS_SEED:+CHAOS_SEED}

stop_on_exit remove_pipe
build_solution
! is_on "${NATIVE-}" || publish_services
rm -f "$PIPE"
mkfifo "$PIPE"
# The test's own output comes at its end only, so it writes its report here as well. The pipe stays open between its lines.
tee "$REPORT" <"$PIPE" &
exec {REPORTING}>"$PIPE"
status=0
interruptible dotnet test "$ROOT/ServiceDesk.sln" -c Release --no-build -nologo -nodeReuse:false \
    --filter FullyQualifiedName~Faults.Chaos.ChaosTests {REPORTING}>&- >"$RUN_DIR/chaos.log" 2>&1 || status=$?
exec {REPORTING}>&-
wait
((status == 0)) || show_log_end chaos 40
exit "$status"
