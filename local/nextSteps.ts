/** What the person who started the server can do now: lines for the terminal, each command ready to be pasted. */
export function nextSteps(server: { baseUrl: string; awsUrl: string; trailDirectory: string }): string[] {
  const { baseUrl, awsUrl, trailDirectory } = server;
  return [
    `Countersign is ready. Page: ${baseUrl}/  Inbox: ${baseUrl}/_local/inbox  AWS endpoint: ${awsUrl}`,
    `TOKEN=$(curl -s ${baseUrl}/_local/token -d '{"user":"alice@example.com"}' | sed 's/.*:"\\(.*\\)".*/\\1/')`,
    `curl -s -H "Authorization: Bearer $TOKEN" ${baseUrl}/v1/entitlements`,
    `curl -s ${baseUrl}/_local/clock -d '{"advance":"PT1H"}'   # an hour passes`,
    `The CloudTrail files are in ${trailDirectory}`,
  ];
}
