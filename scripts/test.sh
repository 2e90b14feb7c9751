#!/usr/bin/env bash
# Builds everything and runs all tests. The last line is "N passed, N failed"; the exit code is 0 only when at least one
# test ran and none failed.
#
#   scripts/test.sh                    all tests
#   scripts/test.sh --filter Outbox    only those whose name contains it (or any other filter of dotnet test)
#
# NATIVE=1 has them run the services as they are deployed, compiled to native programs, which takes some minutes more.
# They make a throw-away PostgreSQL cluster, from programs that are installed or come from npm, and a local broker; or
# they use the servers that DATABASE_URL and KAFKA_BROKERS name.
set -euo pipefail
# shellcheck source=lib/load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"

RESULTS=$LOCAL_DIR/test-results

# shellcheck disable=SC2317 # Called on exit.
stop_all() {
    local server
    # A run that was interrupted leaves its clusters.
    for server in "$TMPDIR"/servicedesk-pg-*/data/postmaster.pid; do
        [[ ! -f $server ]] || kill -QUIT "$(head -n 1 "$server")"
    done
    rm -rf -- "$TMPDIR" || true
}

# report EXIT_CODE
report() {
    local counters name total=0 passed=0 executed=0
    # The attributes of the results' summary, as in total="5"; there is none when the run broke off before the end.
    counters=$(grep -o '<Counters [^>]*' "$RESULTS/tests.trx" 2>/dev/null || true)
    for name in total passed executed; do
        [[ ! $counters =~ \ $name=\"([0-9]+)\" ]] || printf -v "$name" '%s' "${BASH_REMATCH[1]}"
    done
    sed -nE 's/.* testName="([^"]*)".* outcome="Failed".*/failed: \1/p' "$RESULTS/tests.trx" 2>/dev/null || true
    say "$((($(now_ms) - STARTED) / 1000)) s in all, $((total - executed)) skipped, results in ${RESULTS#"$ROOT"/}"
    if (($1 != 0 && passed == executed)); then
        # A crashed test host leaves no result of the test that crashed it.
        say "the test run broke off with exit code $1, which counts as a failure"
        executed=$((executed + 1))
    fi
    say "$passed passed, $((executed - passed)) failed"
    ((passed == executed && passed > 0))
}

filter=()
case ${1-} in
    '') ;;
    --filter) filter=(--filter "${2:?--filter needs a value}") ;;
    -h | --help) show_help && exit ;;
    *) usage_error "unknown option $1" ;;
esac

STARTED=$(now_ms)
TMPDIR=$(mktemp -d)
export TMPDIR
chmod 755 "$TMPDIR"
stop_on_exit stop_all
build
! is_on "${NATIVE-}" || publish_services
rm -rf -- "$RESULTS"
status=0
# A developer's settings are not the tests': those say themselves what they run with.
unset HTTP_ADDR METRICS_ADDR RELAY_METRICS_ADDR NOTIFIER_METRICS_ADDR OPERATOR_ADDR POSTGRES_PORT KAFKA_PORT
unset KAFKA_CONTROL_PORT KAFKA_TOPIC KAFKA_DLQ_TOPIC KAFKA_GROUP_ID NOTIFY_MAX_ATTEMPTS "${!OUTBOX_RELAY_@}"
dotnet test "$ROOT/ServiceDesk.sln" -c Release --no-build -nologo -nodeReuse:false \
    --logger "trx;LogFileName=tests.trx" --logger "console;verbosity=minimal" --results-directory "$RESULTS" \
    "${filter[@]}" || status=$?
report "$status"
