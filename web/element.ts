type Child = Node | string | undefined | false;
type Attributes = Record<string, string | boolean | undefined>;

/**
 * An element of the page. Every string becomes a text node: nothing that comes from a request is ever read as HTML.
 * An attribute that is undefined or false is left out.
 */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) made.setAttribute(attribute, value === true ? '' : value);
  made.append(...children.filter((child) => child !== undefined && child !== false));
  return made;
}

/** A button that names what it does. */
export function button(label: string, options: { main?: boolean; press(): void }): HTMLButtonElement {
  const made = element('button', { type: 'button', class: options.main && 'main' }, label);
  made.addEventListener('click', options.press);
  return made;
}

/** An input with its label around it. */
export function field(label: string, input: HTMLInputElement | HTMLSelectElement): HTMLLabelElement {
  return element('label', {}, label, input);
}

/** One line of plain text; the limit is the API's. */
export const remarkInput = (required = false): HTMLInputElement =>
  element('input', { type: 'text', maxlength: '500', autocomplete: 'off', required });
