import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SFNClient } from '@aws-sdk/client-sfn';
import { STSClient } from '@aws-sdk/client-sts';
import { generateMacWith } from '../adapters/macKey.ts';
import { notaryWith } from '../adapters/notary.ts';
import { requestStore } from '../adapters/requestStore.ts';
import { workflowOf } from '../adapters/workflow.ts';
import { apiHandler, route } from '../runtime/api.ts';
import { readCatalogue, readConfig } from '../runtime/config.ts';
import { signInWith } from '../runtime/signIn.ts';
import { decide, decisionBody } from './decide.ts';
import { review, reviewBody } from './review.ts';
import { revoke, revokeBody } from './revoke.ts';

type Services = ReturnType<typeof buildServices>;

/** On cold start only. */
function buildServices() {
  const config = readConfig('tableName', 'issuers', 'decisionKey', 'notaryRole', 'stateMachine');
  return {
    catalogue: readCatalogue(),
    signIn: signInWith(config.issuers),
    store: requestStore(new DynamoDBClient(), config.tableName),
    seal: generateMacWith(new KMSClient(), config.decisionKey),
    notarise: notaryWith(new STSClient(), config.notaryRole),
    workflow: workflowOf(new SFNClient(), config.stateMachine),
  };
}

/** Called by API Gateway: what approvers and admins do. */
export const handler = apiHandler<Services>(
  [
    route({ route: 'POST /v1/requests/{id}/decision', body: decisionBody, run: decide }),
    route({ route: 'POST /v1/requests/{id}/revoke', body: revokeBody, run: revoke }),
    route({ route: 'POST /v1/requests/{id}/review', body: reviewBody, run: review }),
  ],
  buildServices,
);
