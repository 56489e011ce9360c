/** Credentials as the AWS SDK for JavaScript takes them. */
export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** By this machine's clock. */
  expiration: Date;
  accountId: string;
}
