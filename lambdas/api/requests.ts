import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SFNClient } from '@aws-sdk/client-sfn';
import { STSClient } from '@aws-sdk/client-sts';
import { cancelRequest as decideCancel, returnGrant as decideReturn } from '#domain/decide.ts';
import { claimsIn } from '../adapters/claims.ts';
import { generateMacWith } from '../adapters/macKey.ts';
import { notaryWith } from '../adapters/notary.ts';
import { requestStore } from '../adapters/requestStore.ts';
import { workflowOf } from '../adapters/workflow.ts';
import { apiHandler, route } from '../runtime/api.ts';
import { readCatalogue, readConfig } from '../runtime/config.ts';
import { signInWith } from '../runtime/signIn.ts';
import { type CreateServices, createRequest, createRequestBody } from './createRequest.ts';
import { endByRequester } from './endByRequester.ts';
import { listEntitlements } from './listEntitlements.ts';
import { listRequests, listRequestsQuery } from './listRequests.ts';
import { noBody } from './noBody.ts';
import { remind } from './remind.ts';
import { detailOf } from './requestView.ts';
import { loadVisible } from './visibility.ts';

type Services = ReturnType<typeof buildServices>;

/** On cold start only. */
function buildServices() {
  const config = readConfig('tableName', 'issuers', 'requestKey', 'notaryRole', 'stateMachine');
  const dynamodb = new DynamoDBClient();
  return {
    catalogue: readCatalogue(),
    signIn: signInWith(config.issuers),
    store: requestStore(dynamodb, config.tableName),
    claims: claimsIn(dynamodb, config.tableName),
    seal: generateMacWith(new KMSClient(), config.requestKey),
    notarise: notaryWith(new STSClient(), config.notaryRole),
    workflow: workflowOf(new SFNClient(), config.stateMachine),
  } satisfies CreateServices & { signIn: unknown };
}

/** Called by API Gateway: what requesters do, and what everybody reads. */
export const handler = apiHandler<Services>(
  [
    route({
      route: 'GET /v1/entitlements',
      run: async ({ who }, { catalogue }) => listEntitlements(catalogue, who),
    }),
    route({ route: 'POST /v1/requests', body: createRequestBody, status: 201, run: createRequest }),
    route({ route: 'GET /v1/requests', query: listRequestsQuery, run: listRequests }),
    route({
      route: 'GET /v1/requests/{id}',
      run: async (call, services) => {
        const { stored, roles } = await loadVisible(services, call);
        return detailOf(services.catalogue, stored, roles);
      },
    }),
    route({
      route: 'POST /v1/requests/{id}/cancel',
      body: noBody,
      run: (call, services) => endByRequester(call, services, decideCancel),
    }),
    route({
      route: 'POST /v1/requests/{id}/return',
      body: noBody,
      run: (call, services) => endByRequester(call, services, decideReturn),
    }),
    route({ route: 'POST /v1/requests/{id}/remind', body: noBody, run: remind }),
  ],
  buildServices,
);
