export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  /** Character data directly in the element. */
  text: string;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const TOKEN = /<\?xml[^?]*\?>\s*|<\/([\w-]+)\s*>|<([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;

/** Reads XML without doctype, namespaces, comments and CDATA; throws on everything that is not well-formed in that part. */
export function readXml(xml: string): XmlElement {
  const top: XmlElement = { name: '', attributes: new Map(), children: [], text: '' };
  const open = [top];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < xml.length) {
    const at = TOKEN.lastIndex;
    const [token, closing, opening, attributes = '', isEmpty, text] = TOKEN.exec(xml) ?? [];
    const parent = open.at(-1);
    if (token === undefined || !parent) throw new SyntaxError(`not XML at ${at}: ${xml.slice(at, at + 40)}`);
    if (opening !== undefined) {
      const element: XmlElement = { name: opening, attributes: readAttributes(attributes), children: [], text: '' };
      parent.children.push(element);
      if (!isEmpty) open.push(element);
    } else if (closing !== undefined) {
      if (open.pop()?.name !== closing) throw new SyntaxError(`</${closing}> closes nothing at ${at}`);
    } else if (text !== undefined) parent.text += decode(text);
  }
  const [root, ...others] = top.children;
  if (open.length !== 1 || !root || others.length > 0 || top.text.trim() !== '') throw new SyntaxError('not one root');
  return root;
}

function readAttributes(text: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, key = '', value = ''] of text.matchAll(/([\w-]+)="([^"]*)"/g)) {
    if (attributes.has(key)) throw new SyntaxError(`${key} twice`);
    attributes.set(key, decode(value));
  }
  return attributes;
}

function decode(text: string): string {
  // XML 1.0, section 2.2: these characters cannot occur at all.
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text)) throw new SyntaxError('a forbidden character');
  return text.replace(/&([^;]*;?)/g, (all, name: string) => {
    const character = entities[name.replace(';', '')];
    if (!name.endsWith(';') || character === undefined) throw new SyntaxError(`${all} is no entity`);
    return character;
  });
}
