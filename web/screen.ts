import { element } from './element.ts';

const main = document.querySelector('main') ?? document.body;
const announcement = document.querySelector('#announcement');
const account = document.querySelector('#account');

/**
 * Replaces what the page shows and moves the focus to its heading, so that a screen reader starts there. The heading is
 * also the title of the window.
 */
export function show(heading: string, ...content: (Node | undefined)[]): void {
  const title = element('h1', { tabindex: '-1' }, heading);
  main.replaceChildren(title, ...content.filter((node) => node !== undefined));
  main.removeAttribute('aria-busy');
  document.title = `${heading} – Countersign`;
  announce('');
  title.focus();
}

/** While something takes its time. */
export function showLoading(what: string): void {
  main.replaceChildren(element('p', { class: 'loading' }, what));
  main.setAttribute('aria-busy', 'true');
  announce(what);
}

/** Read out without moving the focus. */
export function announce(text: string): void {
  if (announcement) announcement.textContent = text;
}

/** Who is signed in, in the page's head. */
export function showAccount(name: string | undefined): void {
  account?.replaceChildren(...(name === undefined ? [] : ['Signed in as ', element('strong', {}, name)]));
}
