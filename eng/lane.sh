#!/usr/bin/env bash
# Which packages can this machine have? Prints `full` or `stand-in` on stdout and one line with the reason on stderr.
#
# It finds out by restoring the solution against the real packages, and remembers the answer in .local/lane for as
# long as the versions and the package sources stay the same. LANE=full or LANE=stand-in decides without a check.
# Exit 1: neither can be said (a package source did not answer, or the restore fails for a reason of its own).
set -euo pipefail

readonly limit_seconds=300

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly memory=$root/.local/lane
readonly log=$root/.local/lane.log

# The parsing below reads English messages; and the stand-in switch must not reach the restore it decides about.
export DOTNET_CLI_UI_LANGUAGE=en DOTNET_NOLOGO=1
unset StandIns

answer() {
  echo "lane: $1 - $2" >&2
  echo "$1"
  exit 0
}

fail() {
  echo "lane: unknown - $1; LANE=full or LANE=stand-in decides without a check (log: .local/lane.log)" >&2
  exit 1
}

key() {
  {
    cat "$root/Directory.Packages.props"
    cat "$root"/ServiceDesk.*/*.csproj
    (cd "$root" && dotnet nuget list source)
  } | sha256sum | cut -d' ' -f1
}

remember() {
  printf '%s\n' "$current" "$1" "$2" >"$memory.$$"
  mv -f "$memory.$$" "$memory"
  answer "$1" "$2"
}

# What the sources lack, as "name version" or just "name"; empty when that is not what stopped the restore.
first_missing() {
  sed -nE \
    -e "s/.*MSB4236: The SDK '([^'/]+)\/?([^']*)' .*/\1 \2/p" \
    -e 's/.*NU1101: Unable to find package ([^ ]+)\. .*/\1/p' \
    -e 's/.*NU1102: Unable to find package ([^ ]+) with version \([^0-9]*([^)]+)\).*/\1 \2/p' \
    -e 's/.*NU1603: .* but ([^ ]+) ([^ ]+) was not found\. .*/\1 \2/p' \
    -e 's/.*NU1103: Unable to find a stable package ([^ ]+) with version \([^0-9]*([^)]+)\).*/\1 \2/p' \
    "$log" | sed -n '1{s/ *$//;p;}'
}

network_error() {
  local signs='NU1301|NU1305|Unable to load the service index|Failed to retrieve information'
  signs+='|No such host is known|Name or service not known|Connection refused|timed out'
  grep -m1 -oE "($signs).*" "$log"
}

case ${LANE:-} in
  full | stand-in) answer "$LANE" "set by LANE" ;;
  '') ;;
  *)
    echo "lane: LANE is '$LANE', must be 'full' or 'stand-in'" >&2
    exit 2
    ;;
esac

command -v dotnet >/dev/null || fail "the .NET SDK (dotnet) is not on PATH"
mkdir -p "$root/.local"
current=$(key)
if [[ -f $memory ]]; then
  { read -r known && read -r lane && read -r reason; } <"$memory" || known=
  [[ $known != "$current" ]] || answer "$lane" "$reason (remembered in .local/lane)"
fi

echo "lane: restoring the real packages to see whether this machine can have them (at most $limit_seconds s)" >&2
status=0
# The AppHost first and by itself: in a solution, a project whose SDK cannot be had is skipped with a mere warning.
for project in ServiceDesk.AppHost/ServiceDesk.AppHost.csproj ServiceDesk.sln; do
  timeout "$limit_seconds" dotnet restore "$root/$project" -nodeReuse:false >"$log" 2>&1 || status=$?
  [[ $status -eq 0 ]] || break
done

[[ $status -ne 0 ]] || remember full "all packages can be restored"
[[ $status -ne 124 ]] || fail "the restore did not finish within $limit_seconds s"
if problem=$(network_error); then
  fail "a package source did not answer: $problem"
fi
missing=$(first_missing)
[[ -n $missing ]] || fail "the restore failed: $(grep -m1 -E 'error' "$log" || tail -n 1 "$log")"
remember stand-in "$missing is not on this machine's package sources"
