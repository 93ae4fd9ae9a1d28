#!/bin/sh
# The long form of every check: nightly.sh MINUTES RUNS. A step that fails tells the one command that repeats it, the rest
# goes on, and the result is summed up at the end. Exit code 1 when anything failed.
set -u
minutes=$1
runs=$2
# Given to what draws its cases, so that the command that is told repeats them.
seed=$(date +%s)
summary=''
failed=0

# One step: a make target and its variables.
step() {
  echo "== make $*"
  began=$(date +%s)
  if make "$@"; then
    result='passed'
  else
    result='FAILED'
    failed=$((failed + 1))
    echo "== FAILED; repeat it with: make $*"
  fi
  took=$((($(date +%s) - began + 59) / 60))
  summary="$summary
  $result $(printf '%4d' "$took") m  make $*"
}

# A new long check is one more line here. The quick ones come first, so that a night that is cut short tells much.
step coverage
step fuzz "RUNS=$runs" "SEED=$seed"
step mutation
step browser
step conformance
step chaos
step clients LAYERS=long
step bench
step soak "MINUTES=$minutes" "SEED=$seed"

echo "== nightly: $failed failed$summary"
[ "$failed" -eq 0 ]
