#!/usr/bin/env bash
# What has to hold before a change is merged: format, analyzers (the build treats warnings as errors), tests.
#
#   scripts/check.sh
set -euo pipefail
# shellcheck source=lib/load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"

case ${1-} in
    '') ;;
    -h | --help)
        show_help
        exit
        ;;
    *) usage_error "unknown option $1" ;;
esac

choose_lane
build_solution
# dotnet format takes no properties; the build reads them from the environment as well.
format=(dotnet format "$(lane_solution)" --verify-no-changes --no-restore)
[[ $LANE == full ]] || format=(env StandIns=true "${format[@]}")
interruptible "${format[@]}" || die "dotnet format would change the files above"
say "format: ok"
if command -v shellcheck >/dev/null; then
    shellcheck -x -a "$ROOT"/scripts/*.sh "$ROOT"/eng/*.sh "$ROOT/.ci/run"
    say "shell scripts: ok"
fi
exec "$ROOT/scripts/test.sh"
