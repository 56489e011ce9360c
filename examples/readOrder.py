#!/usr/bin/env python3
# Reads one order from production: asks for access, waits until somebody has approved it, reads, and gives the access back.
# Python's own library, the countersign command and the AWS CLI.
#   COUNTERSIGN_URL=https://access.example.com COUNTERSIGN_TOKEN=… AWS_REGION=us-east-1 python3 readOrder.py 1001
import json, os, subprocess, sys, tempfile, time, urllib.error, urllib.request

def call(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(os.environ["COUNTERSIGN_URL"].rstrip("/") + "/v1/requests" + path, data)
    # Not sent along where the service's address leads elsewhere.
    request.add_unredirected_header("Authorization", "Bearer " + os.environ["COUNTERSIGN_TOKEN"])
    try:
        return json.load(urllib.request.urlopen(request, timeout=30))
    except urllib.error.HTTPError as error:
        sys.exit(json.load(error)["detail"])

def countersign(*words, stdin=""):
    return json.loads(subprocess.run(["countersign", *words], input=stdin, stdout=subprocess.PIPE, text=True, check=True).stdout)

order = sys.argv[1] if len(sys.argv) > 1 else "1001"
with tempfile.TemporaryDirectory() as folder:
    key = os.path.join(folder, "key.json")
    request = call("", {"entitlement": "orders-read", "duration": "PT15M", "ticket": "INC-42", "recipientKey": countersign("key", key),
                        "justification": f"A customer asks where order {order} is"})
    print(f"Request {request['id']} waits for its approval.", file=sys.stderr)
    while (status := call(f"/{request['id']}")["status"]) in ("pending", "scheduled"):
        time.sleep(2)
    if status != "active":
        sys.exit(f"No access: the request is {status}.")
    session = countersign("open", key, "--format", "process", stdin=json.dumps(call(f"/{request['id']}/credentials")))

# boto3.client("dynamodb", aws_access_key_id=…, aws_secret_access_key=…, aws_session_token=…) takes the same three.
names = {"AWS_ACCESS_KEY_ID": "AccessKeyId", "AWS_SECRET_ACCESS_KEY": "SecretAccessKey", "AWS_SESSION_TOKEN": "SessionToken"}
subprocess.run(["aws", "dynamodb", "get-item", "--table-name", "orders", "--key", json.dumps({"id": {"S": order}})], check=True,
               env=os.environ | {name: session[field] for name, field in names.items()})
call(f"/{request['id']}/return", {})
