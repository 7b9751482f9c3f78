// A document with just as much as the page's modules need to make elements, which can be written out as it would be seen.

class Node {
  childNodes = [];
  append(...children) {
    this.childNodes.push(...children.map((child) => (child instanceof Node ? child : new Text(child))));
    for (const child of this.childNodes) child.parent = this;
  }
  remove() { this.parent.childNodes = this.parent.childNodes.filter((child) => child !== this); }
  get lastChild() { return this.childNodes.at(-1); }
  get textContent() { return this.childNodes.map((child) => child.textContent).join(''); }
  find(name) {
    return this.childNodes.flatMap((child) => [...(child.name === name ? [child] : []), ...(child.find?.(name) ?? [])]);
  }
}

class Text extends Node {
  constructor(text) {
    super();
    this.text = String(text);
  }
  get textContent() { return this.text; }
}

export class Element extends Node {
  attributes = {};
  listeners = {};
  constructor(name) {
    super();
    this.name = name;
  }
  setAttribute(name, value) { this.attributes[name] = String(value); }
  addEventListener(name, listener) { this.listeners[name] = listener; }
}

export function installDocument() {
  globalThis.document = {
    createElement: (name) => new Element(name),
    createElementNS: (_, name) => new Element(name),
    createTextNode: (text) => new Text(text),
  };
}

// All elements below this one.
export function elementsIn(node) {
  return node.childNodes.flatMap((child) => (child instanceof Element ? [child, ...elementsIn(child)] : []));
}

// A stream of bytes in pieces of this size.
export function streamOf(bytes, size) {
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  });
}

export async function collect(iterable) {
  const all = [];
  for await (const each of iterable) all.push(each);
  return all;
}
