#!/usr/bin/env bash
# Builds everything and runs all tests. The last line is "N passed, N failed"; the exit code is 0 only when at least one
# test ran and none failed.
#
#   scripts/test.sh                    all tests
#   scripts/test.sh --filter Outbox    only those whose name contains it (or any other filter of dotnet test)
#
# NATIVE=1 has them run the services as they are deployed, compiled to native programs, which takes some minutes more.
# The tests make a throw-away PostgreSQL cluster and a local broker, or use the servers that DATABASE_URL and KAFKA_BROKERS name.
set -euo pipefail
# shellcheck source=lib/load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"

RESULTS=$LOCAL_DIR/test-results

# The sum of one counter over the result files of all test assemblies: total, passed, failed ...
count() {
    local file sum=0
    for file in "$RESULTS"/*.trx; do
        [[ -f $file ]] || continue
        [[ $(grep -o '<Counters [^>]*>' "$file") =~ \ $1=\"([0-9]+)\" ]] && sum=$((sum + BASH_REMATCH[1]))
    done
    printf '%s' "$sum"
}

# A container serves where PostgreSQL's own programs are not installed.
provide_postgres() {
    [[ -z $POSTGRES_IS_GIVEN ]] && ! postgres_programs >/dev/null || return 0
    find_container_runtime || require_postgres_programs
    choose_infrastructure
    server_is_running postgres || require_free_ports "$POSTGRES_PORT Postgres POSTGRES_PORT"
    infrastructure_start_one postgres
    [[ -n $KAFKA_IS_GIVEN ]] || unset KAFKA_BROKERS
}

# A test run that was interrupted leaves its throw-away clusters; their folders carry its process id.
remove_left_clusters() {
    local folder owner server
    for folder in "${TMPDIR:-/tmp}"/servicedesk-pg-*; do
        owner=${folder##*/servicedesk-pg-}
        owner=${owner%%-*}
        if [[ ! $owner =~ ^[0-9]+$ ]] || ! has_ended "$owner"; then
            continue
        fi
        if [[ -f $folder/data/postmaster.pid ]] && read -r server <"$folder/data/postmaster.pid" &&
            [[ $(command_of "$server" 2>/dev/null) == *"$folder"* ]]; then
            kill -QUIT "$server"
            until_true 10 has_ended "$server" || warn "PostgreSQL in $folder did not stop"
        fi
        rm -rf -- "$folder"
    done
}

# shellcheck disable=SC2317 # Called on exit.
stop_all() {
    infrastructure_stop_started
    remove_left_clusters
}

report() {
    local total passed failed skipped
    total=$(count total)
    passed=$(count passed)
    # "notExecuted" stays 0 for tests that are skipped.
    skipped=$((total - $(count executed)))
    failed=$((total - passed - skipped))
    say ""
    if ((status != 0 && failed == 0)); then
        # A crashed test host leaves no result of the test that crashed it.
        say "the test run broke off with exit code $status, which counts as a failure"
        failed=1
    fi
    say "$((($(now_ms) - started) / 1000)) s in all, results in ${RESULTS#"$ROOT"/}"
    if ((total == 0)); then
        say "no test ran"
    fi
    if ((skipped)); then
        say "$passed passed, $failed failed, $skipped skipped"
    else
        say "$passed passed, $failed failed"
    fi
    ((failed == 0 && passed > 0))
}

filter=()
case ${1-} in
    '') ;;
    --filter)
        [[ -n ${2-} ]] || usage_error "--filter needs a value"
        filter=(--filter "$2")
        ;;
    -h | --help)
        show_help
        exit
        ;;
    *) usage_error "unknown option $1" ;;
esac

started=$(now_ms)
stop_on_exit stop_all
provide_postgres
build_solution
! is_on "${NATIVE-}" || publish_services
rm -rf -- "$RESULTS"
status=0
# A developer's settings are not the tests': those say themselves what they run with.
unset HTTP_ADDR METRICS_ADDR KAFKA_TOPIC KAFKA_DLQ_TOPIC KAFKA_GROUP_ID NOTIFY_MAX_ATTEMPTS
unset OUTBOX_RELAY_BATCH_SIZE OUTBOX_RELAY_POLL_INTERVAL OUTBOX_RELAY_PROCESSING_TIMEOUT OUTBOX_RELAY_MAX_ATTEMPTS
interruptible dotnet test "$ROOT/ServiceDesk.sln" -c Release --no-build -nologo -nodeReuse:false \
    --logger trx --logger "console;verbosity=minimal" --results-directory "$RESULTS" "${filter[@]}" || status=$?
report
