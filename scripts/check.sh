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

build_solution
interruptible dotnet format "$ROOT/ServiceDesk.sln" --verify-no-changes --no-restore || die "dotnet format would change the files above"
say "format: ok"
if command -v shellcheck >/dev/null; then
    shellcheck -x -a "$ROOT"/scripts/*.sh "$ROOT/.ci/run"
    say "shell scripts: ok"
fi
exec "$ROOT/scripts/test.sh"
