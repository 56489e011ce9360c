import { addressesOf, type Catalogue, isSamePerson } from '../domain/catalogue.ts';

interface Started {
  baseUrl: string;
  awsUrl: string;
  trailDirectory: string;
  catalogue: Catalogue;
}

/**
 * What the person who started the server can do now: lines for the shell, each ready to be pasted, that take a request from
 * asking to its first use. With the sample's catalogue the README tells the same story to its end.
 */
export function nextSteps({ baseUrl, awsUrl, trailDirectory, catalogue }: Started): string[] {
  const ready = `Countersign is ready: ${baseUrl}  ·  mails: ${baseUrl}/_local/inbox  ·  AWS endpoint: ${awsUrl}  ·  trail: ${trailDirectory}`;
  const story = firstStory(catalogue);
  if (!story) return [ready];
  const { requester, entitlement, approver } = story;
  const token = `curl -s ${baseUrl}/_local/token -d '{"user":"${requester}"}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/'`;
  const use =
    entitlement === 'orders-read'
      ? `aws dynamodb get-item --table-name orders --key '{"id":{"S":"1001"}}'`
      : 'aws sts get-caller-identity';
  return [
    ready,
    '',
    'Paste this into another terminal, in this folder:',
    `export COUNTERSIGN_URL=${baseUrl} AWS_DEFAULT_REGION=us-east-1 COUNTERSIGN_TOKEN=$(${token})`,
    `npx countersign request ${entitlement} --for 5m --because "A customer asks about order 1001" --wait`,
    `Then approve as ${approver}: the mail is in ${baseUrl}/_local/inbox (anybody signs in by a click). After that:`,
    `npx countersign exec -- ${use} --endpoint-url ${awsUrl}`,
  ];
}

/** The first entitlement that takes nothing but a justification and one approval, who may ask for it, and who approves. */
function firstStory(catalogue: Catalogue) {
  for (const { id, entitlement } of catalogue.entries.values()) {
    const [rule, ...others] = entitlement.approval;
    const plain = !entitlement.ticket?.required && Object.keys(entitlement.parameters).length === 0;
    if (!plain || !rule || rule.count > 1 || others.length > 0) continue;
    const [requester] = addressesOf(catalogue, entitlement.requesters);
    const approver = [...addressesOf(catalogue, rule.from)].find(
      (email) => requester !== undefined && !isSamePerson(catalogue, { email }, { email: requester }),
    );
    if (requester !== undefined && approver !== undefined) return { entitlement: id, requester, approver };
  }
  return undefined;
}
