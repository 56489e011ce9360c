import { CfnBasePathMapping, CfnDomainName } from 'aws-cdk-lib/aws-apigateway';
import { CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import type { Settings } from '../configuration/settings.ts';
import type { CountersignApi } from './countersignApi.ts';

/** TLS 1.2 with forward secrecy, or 1.3; a call by another host name than the certificate's is refused. */
export const tls = { securityPolicy: 'SecurityPolicy_TLS13_1_2_2021_06', endpointAccessMode: 'STRICT' };

export interface ApiDomainProps {
  domain: NonNullable<Settings['api']['domain']>;
  api: Pick<CountersignApi, 'restApi' | 'stage'>;
}

/** The API under a name of its own, and the DNS record where the hosted zone is known. */
export class ApiDomain extends Construct {
  /** For the record, where the hosted zone is not known. */
  readonly dnsTarget: string | undefined;

  constructor(scope: Construct, id: string, { domain, api }: ApiDomainProps) {
    super(scope, id);
    const domainName = new CfnDomainName(this, 'Name', {
      domainName: domain.name,
      regionalCertificateArn: domain.certificateArn,
      endpointConfiguration: { types: ['REGIONAL'] },
      ...tls,
    });
    new CfnBasePathMapping(this, 'Mapping', {
      domainName: domainName.ref,
      restApiId: api.restApi.ref,
      stage: api.stage.ref,
    });
    if (!domain.hostedZone) {
      this.dnsTarget = domainName.attrRegionalDomainName;
      return;
    }
    new CfnRecordSet(this, 'Record', {
      hostedZoneId: domain.hostedZone.id,
      name: domain.name,
      type: 'A',
      aliasTarget: {
        dnsName: domainName.attrRegionalDomainName,
        hostedZoneId: domainName.attrRegionalHostedZoneId,
      },
    });
  }
}
