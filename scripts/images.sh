#!/usr/bin/env bash
# Builds the images of the services with the .NET SDK: no Dockerfile, no shell or package manager inside, not root.
# TicketApi, OutboxRelay and Notifier become native programs if this machine can compile them for the images; otherwise
# they are the same services on the .NET runtime, with more memory and a slower start.
#
#   scripts/images.sh                      into the local container runtime
#   scripts/images.sh --push REGISTRY      to a registry, for example registry.example.com; log in to it before
#   scripts/images.sh --archive FOLDER     as files, for example for kind load image-archive
#   scripts/images.sh --list               only names them
#
# IMAGE_BASE names another base image for all, with .NET's runtime in it, and IMAGE_TAG another tag than the version.
set -euo pipefail
# shellcheck source=lib/load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"

IMAGES=(Migrator TicketApi OutboxRelay Notifier Operator)

# Of the base image (Directory.Build.targets), Ubuntu 24.04: a program linked against a newer one would not start there.
IMAGE_LIBC=2.39

image_of() {
    dotnet msbuild "$ROOT/ServiceDesk.$1" ${IMAGE_TAG:+-p:ContainerImageTag="$IMAGE_TAG"} \
        -getProperty:ContainerRepository -getProperty:ContainerImageTag |
        sed -nE 's/.*"Container(Repository|ImageTag)": "(.*)".*/\2/p' | paste -sd:
}

# Why the services cannot be native programs in the images; nothing when they can.
not_native_because() {
    local libc
    libc=$(getconf GNU_LIBC_VERSION 2>/dev/null) || libc=
    if [[ $(uname -s) != Linux || -z $libc ]]; then
        say "they are compiled on Linux with GNU's C library"
    elif ! command -v clang gcc >/dev/null; then
        say "there is neither clang nor gcc"
    elif [[ $(printf '%s\n' "${libc#glibc }" "$IMAGE_LIBC" | sort -V | tail -n 1) != "$IMAGE_LIBC" ]]; then
        say "the C library of this machine, $libc, is newer than the images' $IMAGE_LIBC"
    fi
}

publish() {
    local project=$1 log=$RUN_DIR/image-$1.log
    shift
    dotnet publish "$ROOT/ServiceDesk.$project" -c Release --os linux -t:PublishContainer \
        --disable-build-servers -nologo "$@" >"$log" 2>&1 || fail_with_log "$log" "no image of $project"
}

target=(${IMAGE_BASE:+-p:ContainerBaseImage="$IMAGE_BASE"} ${IMAGE_TAG:+-p:ContainerImageTag="$IMAGE_TAG"})
case ${1-} in
    '') ;;
    --push) target+=(-p:ContainerRegistry="${2:?--push needs a registry}") ;;
    --archive) mkdir -p "${2:?--archive needs a folder}" && archive=$(cd "$2" && pwd) ;;
    --list)
        for project in "${IMAGES[@]}"; do image_of "$project"; done
        exit
        ;;
    -h | --help) show_help && exit ;;
    *) usage_error "unknown option $1" ;;
esac

reason=$(not_native_because)
if [[ -n $reason ]]; then
    warn "no native programs: $reason"
    target+=(-p:PublishAot=false)
fi
for project in "${IMAGES[@]}"; do
    publish "$project" "${target[@]}" ${archive+-p:ContainerArchiveOutputPath="$archive/$project.tar.gz"}
    say "$(image_of "$project")"
done
