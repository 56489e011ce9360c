# Reads one order from production: asks for access, waits until somebody has approved it, reads, and gives the access back.
#   COUNTERSIGN_URL=https://access.example.com COUNTERSIGN_TOKEN=… AWS_REGION=us-east-1 python3 readOrder.py 1001 [OPTIONS OF aws]
import json, os, subprocess, sys, tempfile, time, urllib.error, urllib.request

def call(path, body=None):
    request = urllib.request.Request(os.environ["COUNTERSIGN_URL"].rstrip("/") + "/v1/requests" + path, body and body.encode())
    request.add_unredirected_header("Authorization", "Bearer " + os.environ["COUNTERSIGN_TOKEN"])  # Other addresses do not get it.
    try:
        return json.load(urllib.request.urlopen(request, timeout=30))
    except OSError as error:
        sys.exit(json.load(error)["detail"] if isinstance(error, urllib.error.HTTPError) else f"Countersign does not answer: {error}")

def run(*words, **options):
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, **options)
    return done.stdout if done.returncode == 0 else sys.exit(done.returncode)

order, *options = sys.argv[1:] or ["1001"]
with tempfile.TemporaryDirectory() as folder:
    wish = {"entitlement": "orders-read", "duration": "PT15M", "ticket": "INC-42", "justification": f"A customer asks where order {order} is"}
    id = call("", json.dumps(wish | {"recipientKey": json.loads(run("countersign", "key", folder + "/key"))}))["id"]
    print(f"Request {id} waits for its approval.", file=sys.stderr)
    while (status := call(f"/{id}")["status"]) in ("pending", "scheduled"):
        time.sleep(2)
    if status != "active":
        sys.exit(f"No access: the request is {status}.")
    try:
        session = run("countersign", "open", folder + "/key", "--format", "env-no-export", input=json.dumps(call(f"/{id}/credentials")))
        env = os.environ | dict(line.split("=", 1) for line in session.splitlines())
        key = json.dumps({"id": {"S": order}})
        print(run("aws", "dynamodb", "get-item", "--table-name", "orders", "--key", key, *options, env=env), end="")
    finally:
        call(f"/{id}/return", "{}")
