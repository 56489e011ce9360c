import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import type { Catalogue } from '#domain/catalogue.ts';
import { eventBusWith } from '../adapters/eventBus.ts';
import { mailerWith } from '../adapters/mailer.ts';
import type { AnnouncePorts } from './announce.ts';
import type { ChangePorts } from './change.ts';
import { readConfig } from './config.ts';

/** What `announce` needs beside the record: mail and event bus, by this function's settings. */
export function announcer(services: ChangePorts & { catalogue: Catalogue }): AnnouncePorts {
  const config = readConfig('sender', 'configurationSet', 'eventBus', 'baseUrl');
  return {
    catalogue: services.catalogue,
    store: services.store,
    notarise: services.notarise,
    baseUrl: config.baseUrl,
    publish: eventBusWith(new EventBridgeClient(), config.eventBus),
    sendMail: mailerWith(new SESv2Client(), config),
  };
}
