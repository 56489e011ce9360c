// The token of a tool that runs in AWS: its role signs in, with nothing to keep. The role stands under `machines:` in the catalogue.
//   countersign({ url, token: tokenFromAws })
import { GetWebIdentityTokenCommand, STSClient } from '@aws-sdk/client-sts';

const sts = new STSClient();
let known: { token: string; until: number } | undefined;

/** A token of AWS for the service, the same one while it is good. */
export async function tokenFromAws(): Promise<string> {
  if (known && Date.now() < known.until) return known.token;
  // What the service's settings name as the audience of this issuer.
  const wish = { Audience: ['countersign'], SigningAlgorithm: 'ES384', DurationSeconds: 300 };
  const { WebIdentityToken, Expiration } = await sts.send(new GetWebIdentityTokenCommand(wish));
  if (WebIdentityToken === undefined || Expiration === undefined) throw new Error('AWS gave no token.');
  known = { token: WebIdentityToken, until: Expiration.getTime() - 60_000 };
  return WebIdentityToken;
}
