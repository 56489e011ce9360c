import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Stands in for the SDK's default credential chain in the bundles: Lambda hands a function its role's credentials in the
 * environment, so profiles, SSO, containers and instance metadata are code that could only find the wrong ones.
 */
export const defaultProvider = fromEnv;
