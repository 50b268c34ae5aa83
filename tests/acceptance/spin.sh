#!/usr/bin/env bash
# Asks the model checker Spin the same questions as `guiju law check`, and compares verdict by verdict.
# usage: spin.sh GUIJU PACK [--fragments]
set -euo pipefail
guiju=$1 pack=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$guiju" law promela --pack "$pack" --out "$work/tables" "$@" >/dev/null
# The search is told not to leave out orders of steps, so that acceptance cycles are looked for in all of them.
(cd "$work" && spin -a tables/course.pml >spin.log && gcc -O2 -w -DNOREDUCE -o pan pan.c)
count=0
while read -r ours verdicts table; do
  log="$work/pan.log"
  (cd "$work" && GUIJU_GRAPHS="tables/$table" ./pan -a -w18 -m200000) >"$log"
  grep -q 'State-vector' "$log" || { echo "$table: Spin did not run"; cat "$log"; exit 1; }
  grep -q 'search depth too small' "$log" && { echo "$table: Spin did not finish"; exit 1; }
  if grep -q 'errors: 0' "$log"; then theirs=holds; else theirs=violated; fi
  [ "$ours" = "$theirs" ] || { echo "$table: guiju says $ours, Spin says $theirs"; cat "$log"; exit 1; }
  count=$((count + verdicts))
done <"$work/tables/verdicts"
[ "$count" -gt 0 ] && echo "$count verdicts, and Spin says the same"
