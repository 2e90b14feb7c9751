# shellcheck shell=bash
# The lines of the end-to-end check: what was checked, and what was found.

CHECKS=0
CHECKS_FAILED=0

ok() { say "ok   $*" && CHECKS=$((CHECKS + 1)); }
fail() { say "FAIL $*" && CHECKS=$((CHECKS + 1)) CHECKS_FAILED=$((CHECKS_FAILED + 1)); }

# expect NAME FORMAT FIELDS COMMAND...: the command must succeed. Its output is left in FOUND, split at tabs; FIELDS (1
# is the first) go into the format.
expect() {
    local name=$1 format=$2 fields=$3 output index shown=()
    shift 3
    if output=$("$@" 2>&1); then
        IFS=$'\t' read -r -a FOUND <<<"${output%%$'\n'*}"
        for index in $fields; do shown+=("${FOUND[index - 1]:0:110}"); done
        # shellcheck disable=SC2059 # The caller's format.
        ok "$name: $(printf "$format" "${shown[@]}")"
    else
        fail "$name: ${output:-not in time}"
        return 1
    fi
}

finish_checks() {
    ((CHECKS_FAILED == 0)) || die "e2e: FAILED, $CHECKS_FAILED of $CHECKS checks"
    say "e2e: all $CHECKS checks ok"
}

# post_ticket TITLE REQUEST_ID: prints the new ticket's id, or what was answered instead of 201, and fails.
post_ticket() {
    local answer
    answer=$(curl -sS -m 10 -w ' %{http_code}' "$(service_url ticket-api)/tickets" -H 'Content-Type: application/json' \
        -H "X-Request-Id: $2" -d "{\"title\":\"$1\",\"description\":\"From scripts/e2e_local.sh\"}" 2>&1)
    [[ $answer =~ \"id\":\ *\"([0-9a-f-]{36})\".*\ 201$ ]] && printf '%s' "${BASH_REMATCH[1]}" && return
    printf '%s' "${answer:0:300}"
    return 1
}

# metric SERVICE NAME [LABEL]: the sum of a metric's series, rounded to a whole number; fails when there is none.
metric() {
    curl -fsS -m 5 "$(service_url "$1")/metrics" | grep -E "^$2[{ ]" | grep -F "${3-}" |
        sed -E 's/^[^{ ]+(\{.*\})? +([^ ]+).*$/\2/' |
        awk '{ sum += $1 } END { if (NR == 0) exit 1; printf "%.0f", sum }'
}

# metric_is TEST NUMBER SERVICE NAME [LABEL]: leaves what it is in VALUE.
metric_is() { VALUE=$(metric "${@:3}") && test "$VALUE" "$1" "$2"; }

# check_metric TEST NUMBER SERVICE NAME [LABEL]: the test, -ge or -eq, holds soon.
check_metric() {
    local name="$3's metrics: $4${5:+{$5\}}"
    if until_true 30 metric_is "$@"; then ok "$name = $VALUE"; else fail "$name = ${VALUE:-nothing}, expected $1 $2"; fi
}
