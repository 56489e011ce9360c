#!/usr/bin/env bash
# Reads one order from production: asks for access, waits until somebody has approved it, reads, and gives the access back.
# curl, the countersign command and the AWS CLI.
#   COUNTERSIGN_URL=https://access.example.com COUNTERSIGN_TOKEN=… AWS_REGION=us-east-1 ./readOrder.sh 1001 [OPTIONS OF aws]
set -euo pipefail
ORDER=${1:-1001}
FOLDER=$(mktemp -d)
STATUS=pending
finish() {
  rm -r "$FOLDER"
  [[ $STATUS != active ]] || call "/$ID/return" -d '{}' >/dev/null
}
trap finish EXIT

call() {
  local answer
  # The token by way of a file, not of the command line, which other users of the machine can read.
  answer=$(curl -sS --fail-with-body --max-time 30 -H @<(printf 'Authorization: Bearer %s' "$COUNTERSIGN_TOKEN") \
    "${COUNTERSIGN_URL%/}/v1/requests$1" "${@:2}") || { local code=$?; [[ ! $answer ]] || field detail <<<"$answer" >&2; return $code; }
  echo "$answer"
}
field() { sed 's/.*"'"$1"'":"\([^"]*\)".*/\1/'; }

KEY=$(countersign key "$FOLDER/key.json")
ID=$(call '' -d '{"entitlement": "orders-read", "duration": "PT15M", "ticket": "INC-42",
  "justification": "A customer asks where order '"$ORDER"' is", "recipientKey": '"$KEY"'}' | field id)
echo "Request $ID waits for its approval." >&2
while [[ $STATUS == pending || $STATUS == scheduled ]]; do
  sleep 2
  STATUS=$(call "/$ID" | field status)
done
[[ $STATUS == active ]] || { echo "No access: the request is $STATUS." >&2; exit 1; }

SESSION=$(call "/$ID/credentials" | countersign open "$FOLDER/key.json")
(eval "$SESSION" && aws dynamodb get-item --table-name orders --key '{"id": {"S": "'"$ORDER"'"}}' "${@:2}")
