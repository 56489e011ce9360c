import type { AccessRequest } from '#client/answers.ts';
import { statusWords } from '#client/statusWords.ts';
import { element } from './element.ts';

/** The status in words: colour only repeats what they say. */
export const statusLine = (request: AccessRequest): Node =>
  element(
    'p',
    { class: `status ${request.status}` },
    element('strong', {}, `${request.status.charAt(0).toUpperCase()}${request.status.slice(1)}.`),
    ` ${statusWords(request)}`,
  );
