import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { isClosed } from '#domain/accessRequest.ts';
import type { Catalogue } from '#domain/catalogue.ts';
import { RefusalError, refuse } from '#domain/errors.ts';
import { earliest } from '#domain/instant.ts';
import { type RequestStore, requestStore } from '../adapters/requestStore.ts';
import { type ApiCall, apiHandler, route } from '../runtime/api.ts';
import { readCatalogue, readConfig } from '../runtime/config.ts';
import { signInWith } from '../runtime/signIn.ts';
import { loadVisible } from './visibility.ts';

type Services = ReturnType<typeof buildServices>;

/** On cold start only. */
function buildServices() {
  const config = readConfig('tableName', 'issuers');
  return {
    catalogue: readCatalogue(),
    signIn: signInWith(config.issuers),
    store: requestStore(new DynamoDBClient(), config.tableName),
  };
}

/** Called by API Gateway: hands out what only the requester's key can open. */
export const handler = apiHandler<Services>(
  [route({ route: 'GET /v1/requests/{id}/credentials', run: sealedSession })],
  buildServices,
);

async function sealedSession(call: ApiCall, services: { store: RequestStore; catalogue: Catalogue }) {
  const { stored, roles } = await loadVisible(services, call);
  const { request } = stored;
  if (!roles.requester)
    throw new RefusalError(refuse('not_allowed', 'Only the requester receives the credentials.'));
  const window = 'window' in request ? request.window : undefined;
  if (window && (isClosed(request) || call.now >= window.endsAt))
    throw new RefusalError(
      refuse('grant_over', `The grant is over: this request is ${request.status}.`, request.status),
    );
  if (request.status !== 'active')
    throw new RefusalError(
      refuse(
        'not_active',
        `This request is ${request.status}; credentials exist while it is active.`,
        request.status,
      ),
    );
  const { jwe, stsExpiresAt, sequence } = request.session;
  if (jwe === undefined || stsExpiresAt <= call.now)
    throw new RefusalError(
      refuse('not_active', 'The next session is being issued. Try again in a moment.', request.status),
    );
  return {
    jwe,
    sessionExpiresAt: earliest(request.window.endsAt, stsExpiresAt),
    grantEndsAt: request.window.endsAt,
    sequence,
  };
}
