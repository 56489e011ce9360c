import { fieldsOf, textOf } from '../reader/fields.ts';
import type { KeptEvent } from '../reader/keptEvent.ts';
import type { SignIn } from './issuance.ts';

/** https://docs.aws.amazon.com/singlesignon/latest/userguide/sso-info-in-cloudtrail.html */
const identityCenterSteps = new Set([
  'Authenticate',
  'CreateToken',
  'CreateTokenWithIAM',
  'Federate',
  'GetRoleCredentials',
]);

/** All that the sign-in service logs, and the steps in IAM Identity Center that lead to a role. */
export const isSignIn = ({ source, name }: KeptEvent): boolean =>
  source === 'signin.amazonaws.com' ||
  (/^sso(-oauth|-oidc)?\.amazonaws\.com$/.test(source) && identityCenterSteps.has(name));

/** A refused sign-in mostly has no `errorCode`: `responseElements` says `{"ConsoleLogin": "Failure"}`. */
export function signInOf(event: KeptEvent): SignIn {
  const { name, caller, errorCode, response, additional } = event;
  const outcome = fieldsOf(response)?.[name];
  const switched = name === 'SwitchRole';
  return {
    event,
    succeeded: errorCode === undefined && outcome !== 'Failure',
    sessionArn: switched ? caller.arn : undefined,
    switchedFrom: switched ? textOf(fieldsOf(additional)?.SwitchFrom) : undefined,
  };
}
