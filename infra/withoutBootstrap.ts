import { BootstraplessSynthesizer, type IStackSynthesizer } from 'aws-cdk-lib';

/**
 * A template and nothing beside it: no assets, and no bootstrap version to look up. The CDK's command line deploys it with its
 * own credentials; past the 51,200 bytes that CloudFormation takes as they are, it wants a bucket that `cdk bootstrap` makes.
 */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its own types disagree under exactOptionalPropertyTypes.
export const withoutBootstrap = (): IStackSynthesizer => new BootstraplessSynthesizer() as IStackSynthesizer;
