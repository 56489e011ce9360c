import type { FunctionName } from './functions.ts';

export interface Route {
  method: 'GET' | 'POST';
  /** API Gateway resource path; `{id}` and `{proxy+}` are path parameters. */
  path: string;
  function: FunctionName;
  /** Whether the gateway's authorizer runs first. Handlers verify the token themselves all the same. */
  signedIn: boolean;
}

/** Every route of the API and which function answers it. */
export const routes: readonly Route[] = [
  { method: 'GET', path: '/v1/entitlements', function: 'requests', signedIn: true },
  { method: 'POST', path: '/v1/requests', function: 'requests', signedIn: true },
  { method: 'GET', path: '/v1/requests', function: 'requests', signedIn: true },
  { method: 'GET', path: '/v1/requests/{id}', function: 'requests', signedIn: true },
  { method: 'POST', path: '/v1/requests/{id}/cancel', function: 'requests', signedIn: true },
  { method: 'POST', path: '/v1/requests/{id}/return', function: 'requests', signedIn: true },
  { method: 'POST', path: '/v1/requests/{id}/remind', function: 'requests', signedIn: true },
  { method: 'POST', path: '/v1/requests/{id}/decision', function: 'decisions', signedIn: true },
  { method: 'POST', path: '/v1/requests/{id}/revoke', function: 'decisions', signedIn: true },
  { method: 'POST', path: '/v1/requests/{id}/review', function: 'decisions', signedIn: true },
  { method: 'GET', path: '/v1/requests/{id}/credentials', function: 'credentials', signedIn: true },
  { method: 'GET', path: '/v1/openapi.json', function: 'web', signedIn: false },
  { method: 'GET', path: '/', function: 'web', signedIn: false },
  { method: 'GET', path: '/approve', function: 'web', signedIn: false },
  { method: 'GET', path: '/assets/{proxy+}', function: 'web', signedIn: false },
];
