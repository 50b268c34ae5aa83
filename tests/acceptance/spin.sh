#!/usr/bin/env bash
# Asks the model checker Spin the same questions as `guiju law check`, and compares verdict by verdict.
# usage: spin.sh GUIJU PACK
set -euo pipefail
guiju=$1 pack=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$guiju" law promela --pack "$pack" --out "$work/models" >/dev/null
count=0
while read -r ours model; do
  mkdir -p "$work/pan"
  (cd "$work/pan" && rm -f pan* && spin -a "../models/$model" >spin.log && gcc -O1 -DSAFETY -w -o pan pan.c && ./pan -E -m1000000 >pan.log)
  if grep -q 'errors: 0' "$work/pan/pan.log"; then theirs=holds; else theirs=violated; fi
  grep -q 'search depth too small' "$work/pan/pan.log" && { echo "$model: Spin did not finish"; exit 1; }
  [ "$ours" = "$theirs" ] || { echo "$model: guiju says $ours, Spin says $theirs"; exit 1; }
  count=$((count + 1))
done <"$work/models/verdicts"
[ "$count" -gt 0 ] && echo "$count verdicts, and Spin says the same"
