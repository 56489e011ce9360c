import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where AWS's tools look: https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html */
export const awsConfigFile = (environment = process.env): string =>
  environment.AWS_CONFIG_FILE || join(homedir(), '.aws', 'config');

export const awsCredentialsFile = (environment = process.env): string =>
  environment.AWS_SHARED_CREDENTIALS_FILE || join(homedir(), '.aws', 'credentials');
