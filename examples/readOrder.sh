#!/usr/bin/env bash
# Reads one order from production: asks for access, waits until somebody has approved it, reads, and gives the access back.
# curl, the countersign command and the AWS CLI.
#   COUNTERSIGN_URL=https://access.example.com COUNTERSIGN_TOKEN=… AWS_REGION=us-east-1 ./readOrder.sh 1001
set -euo pipefail
ORDER=${1:-1001}
FOLDER=$(mktemp -d)
trap 'rm -r "$FOLDER"' EXIT

# By way of a file, not of the command line, which other users of the machine can read.
call() {
  curl -sS --fail-with-body --max-time 30 -H @<(printf 'Authorization: Bearer %s' "$COUNTERSIGN_TOKEN") "${COUNTERSIGN_URL%/}/v1/requests$1" "${@:2}"
}
field() { sed 's/.*"'"$1"'":"\([^"]*\)".*/\1/'; }

KEY=$(countersign key "$FOLDER/key.json")
ID=$(call '' -d '{"entitlement": "orders-read", "duration": "PT15M", "ticket": "INC-42",
  "justification": "A customer asks where order '"$ORDER"' is", "recipientKey": '"$KEY"'}' | field id)
echo "Request $ID waits for its approval." >&2
while STATUS=$(call "/$ID" | field status); [[ $STATUS == pending || $STATUS == scheduled ]]; do sleep 2; done
[[ $STATUS == active ]] || { echo "No access: the request is $STATUS." >&2; exit 1; }

SESSION=$(call "/$ID/credentials" | countersign open "$FOLDER/key.json")
(eval "$SESSION" && aws dynamodb get-item --table-name orders --key '{"id": {"S": "'"$ORDER"'"}}')
call "/$ID/return" -d '{}' >"$FOLDER/returned.json"
