import {
  GenerateMacCommand,
  type KMSClient,
  KMSInvalidMacException,
  VerifyMacCommand,
} from '@aws-sdk/client-kms';

const MacAlgorithm = 'HMAC_SHA_256';

/** HMAC of a message under a KMS key: 32 bytes. */
export type GenerateMac = (message: string) => Promise<Uint8Array>;

/** Whether a code is the HMAC of a message. */
export type VerifyMac = (message: string, mac: Uint8Array) => Promise<boolean>;

export const generateMacWith =
  (kms: KMSClient, keyArn: string): GenerateMac =>
  async (message) => {
    const { Mac } = await kms.send(
      new GenerateMacCommand({ KeyId: keyArn, Message: Buffer.from(message), MacAlgorithm }),
    );
    if (!Mac) throw new Error('KMS answered without a MAC.');
    return Mac;
  };

export const verifyMacWith =
  (kms: KMSClient, keyArn: string): VerifyMac =>
  async (message, mac) => {
    try {
      const input = { KeyId: keyArn, Message: Buffer.from(message), Mac: mac, MacAlgorithm } as const;
      const { MacValid } = await kms.send(new VerifyMacCommand(input));
      return MacValid === true;
    } catch (error) {
      if (error instanceof KMSInvalidMacException) return false;
      throw error;
    }
  };
