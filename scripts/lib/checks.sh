# shellcheck shell=bash
# The lines of the end-to-end check: what was checked, and what was found.

CHECKS=0
CHECKS_FAILED=0

ok() {
    CHECKS=$((CHECKS + 1))
    printf 'ok   %s\n' "$*"
}

fail() {
    CHECKS=$((CHECKS + 1))
    CHECKS_FAILED=$((CHECKS_FAILED + 1))
    printf 'FAIL %s\n' "$*"
}

# post_ticket TITLE REQUEST_ID: prints the new ticket's id, or what was answered instead of 201, and fails.
post_ticket() {
    local answer body=$RUN_DIR/answer.json
    : >"$body"
    answer=$(curl -sS -m 10 -o "$body" -w '%{http_code}' "$(service_url ticket-api)/tickets" \
        -H 'Content-Type: application/json' -H "X-Request-Id: $2" \
        -d "{\"title\":\"$1\",\"description\":\"From scripts/e2e_local.sh\"}" 2>&1) || answer="no answer: $answer"
    if [[ $answer == 201 && $(<"$body") =~ \"id\":[[:space:]]*\"([0-9a-f-]{36})\" ]]; then
        printf '%s' "${BASH_REMATCH[1]}"
    else
        printf '%s %s' "$answer" "$(head -c 300 "$body")"
        return 1
    fi
}

# metric SERVICE NAME [LABEL]: the sum of a metric's series, rounded to a whole number; fails when there is none.
metric() {
    local series value sum=0
    series=$(curl -fsS -m 5 "$(service_url "$1")/metrics" | grep -E "^$2[{ ]" | grep -F "${3-}") || return 1
    while read -r value; do
        sum=$((sum + $(printf '%.0f' "$value")))
    done < <(sed -E 's/^[^{ ]+(\{.*\})? +([^ ]+).*$/\2/' <<<"$series")
    printf '%s' "$sum"
}

# metric_is_at_least MINIMUM SERVICE NAME [LABEL]: leaves what it saw in METRIC.
metric_is_at_least() {
    METRIC=$(metric "${@:2}") || METRIC=nothing
    [[ $METRIC != nothing ]] && ((METRIC >= $1))
}

# check_metric MINIMUM SERVICE NAME [LABEL]
check_metric() {
    local name="$2's metrics: $3${4:+{$4\}}"
    if until_true 30 metric_is_at_least "$@"; then
        ok "$name = $METRIC"
    else
        fail "$name = $METRIC, expected at least $1"
    fi
}
