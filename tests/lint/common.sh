# Sourced by the rules: which files are ours. Without git, so that a tarball can be linted as well.
# shellcheck shell=bash

# Each room is a folder and a CMake target.
# shellcheck disable=SC2034  # read by those who source this
ROOMS=(base metrics collectors rules cloud backup exporters agent)

# CodeFiles FOLDER…: the .h and .cpp below those of the folders that exist.
CodeFiles() {
  local folder
  for folder in "$@"; do
    [ ! -d "$folder" ] || find "$folder" \( -name node_modules -prune \) -o -type f -name '*.[ch]*' -print
  done | grep -E '\.(h|cpp)$' | LC_ALL=C sort
}

# The verdict of clang-format and clang-tidy depends on their version. Ours is 14, which Debian 12 and
# Ubuntu 22.04 have; what another version finds is shown and does not fail.
JudgingVersion=14
IsJudge() { "$1" --version | grep -q "version $JudgingVersion\."; }
