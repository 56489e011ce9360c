/**
 * What the person who started the server can do now: five lines for the shell, each ready to be pasted, that take a
 * request from asking to its first use. The README tells the same story to its end.
 */
export function nextSteps(server: { baseUrl: string; awsUrl: string; trailDirectory: string }): string[] {
  const { baseUrl, awsUrl, trailDirectory } = server;
  const signIn = `curl -s ${baseUrl}/_local/token -d`;
  const field = (name: string): string => `sed 's/.*"${name}":"\\([^"]*\\)".*/\\1/'`;
  return [
    `Countersign is ready: ${baseUrl}  ·  mails: ${baseUrl}/_local/inbox  ·  AWS endpoint: ${awsUrl}  ·  trail: ${trailDirectory}`,
    '',
    'Paste this into another terminal, in this folder:',
    `ALICE=$(${signIn} '{"user":"alice@example.com"}' | ${field('access_token')})`,
    `ID=$(curl -s ${baseUrl}/v1/requests -H "Authorization: Bearer $ALICE" -d '{"entitlement":"orders-read","duration":"PT5M","justification":"A customer asks about order 1001","recipientKey":'"$(npm run -s recipient new key.json)"'}' | ${field('id')}); echo $ID`,
    `curl -s -w '\\n' ${baseUrl}/v1/requests/$ID -H "Authorization: Bearer $ALICE"`,
    `Then approve as bob: his mail is in ${baseUrl}/_local/inbox (any sample person signs in by a click). After that:`,
    `eval "$(curl -s ${baseUrl}/v1/requests/$ID/credentials -H "Authorization: Bearer $ALICE" | npm run -s recipient export key.json)"`,
    `AWS_DEFAULT_REGION=us-east-1 aws dynamodb get-item --table-name orders --key '{"id":{"S":"1001"}}' --endpoint-url ${awsUrl}`,
  ];
}
