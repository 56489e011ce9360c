import type { Installation } from '../infra/installation.ts';
import { audience, machineIssuerOf, userIssuerOf } from './wiring.ts';

/** The installation that runs on this machine: the service in one sample account, production in another. */
export function localInstallation(port: number): Installation {
  const baseUrl = `http://127.0.0.1:${port}`;
  const account = '999988887777';
  const key = (id: string): string => `arn:aws:kms:us-east-1:${account}:key/${id}`;
  const userIssuer = userIssuerOf(baseUrl);
  const machineIssuer = machineIssuerOf(baseUrl);
  return {
    account,
    region: 'us-east-1',
    baseUrl,
    sender: 'Countersign <countersign@example.com>',
    issuers: [
      { issuer: userIssuer, jwksUri: `${userIssuer}/jwks`, audience, kind: 'human', groupsClaim: true },
      {
        issuer: machineIssuer,
        jwksUri: `${machineIssuer}/jwks`,
        audience,
        kind: 'machine',
        groupsClaim: false,
      },
    ],
    webClient: { issuer: userIssuer, clientId: 'countersign-web', resource: audience },
    keys: {
      requests: key('11111111-1111-4111-8111-111111111111'),
      approvalTokens: key('22222222-2222-4222-8222-222222222222'),
      decisions: key('33333333-3333-4333-8333-333333333333'),
    },
  };
}
