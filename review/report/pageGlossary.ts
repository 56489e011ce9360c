import { type Html, html } from './html.ts';

/** Words of this page, for readers who do not work with Countersign every day. */
const words: [word: string, meaning: string][] = [
  ['request', 'one ask for access, from asking to its last entry of evidence'],
  ['requester', 'who asks'],
  ['approver', 'a person who may decide on a request; never its requester'],
  [
    'entitlement',
    'one thing that can be asked for: a role in an account with a policy, limits and approval rules',
  ],
  ['catalogue', 'all entitlements with their rules; a digest names the edition that was in force'],
  ['grant', 'the approved window of time, from its start to its end'],
  ['session', 'one set of credentials that AWS issued; a grant has one or more'],
  ['break-glass', 'access without approval in an emergency, reviewed by somebody else afterwards'],
  [
    'evidence',
    'each change of a request is put on record by assuming the notary role: CloudTrail keeps who, what and when',
  ],
  [
    'chain',
    'each entry of evidence holds the hash of the one before, so that none can be taken out or put in unseen',
  ],
  ['out of band', 'a session of a managed role that no grant explains'],
  ['refused', 'AWS denied the call for want of permission; failed calls had another error'],
  ['digest file', 'CloudTrail’s signed list of the log files of an hour'],
];

export const glossarySection = (): Html => html`<section id="glossary" class="part"><h2>Words</h2>
<dl class="glossary">${words.map(([word, meaning]) => html`<div><dt>${word}</dt><dd>${meaning}</dd></div>`)}</dl>
</section>
`;
