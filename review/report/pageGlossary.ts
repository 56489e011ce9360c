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
  [
    'request digest',
    'a hash over all that was asked for, the justification too: what is approved is what is issued',
  ],
  ['grant', 'the approved window of time, from its start to its end'],
  ['session', 'one set of credentials that AWS issued; a grant has one or more'],
  [
    'session policy',
    'what a session is limited to beside its role: the entitlement’s policy, and a denial of everything from the window’s end on',
  ],
  [
    'source identity',
    'who is behind a session, as AWS records it with every call; nobody in the session can change it',
  ],
  [
    'boundary',
    'a limit on each role of a target account that names the grants that ended early, and denies them everything',
  ],
  ['break-glass', 'access without approval in an emergency, reviewed by somebody else afterwards'],
  ['evidence', 'each change of a request is put on record in CloudTrail: who, what and when'],
  ['notary role', 'a role without any permission; a change is put on record by assuming it'],
  ['attested', 'put on record in that way, by one of the functions that may'],
  [
    'chain',
    'each entry of evidence holds the hash of the one before, so that none can be taken out or put in unseen',
  ],
  ['closed', 'the last entry of a chain: nothing more can happen to the request'],
  ['out of band', 'a session of a managed role that no grant explains'],
  ['unresolved', 'a session of which these logs do not show who made it'],
  ['refused', 'AWS denied the call for want of permission; failed calls had another error'],
  ['right-sizing', 'holding what an entitlement allows against what was used of it, to allow less'],
  ['digest file', 'CloudTrail’s signed list of the log files of an hour'],
];

export const glossarySection = (): Html => html`<section id="glossary" class="part"><h2>Words</h2>
<dl class="glossary">${words.map(([word, meaning]) => html`<div><dt>${word}</dt><dd>${meaning}</dd></div>`)}</dl>
</section>
`;
