// Pairs the delimiters of emphasis, by CommonMark's algorithm with a bounded look back, so that time stays linear.

const kLookBack = 64;  // nodes

// Nodes without delimiters {delimiter, count, opens, closes} and brackets {bracket}: pairs become nodes around what is between
// them, the rest text.
export function settle(nodes) {
  const out = [];
  for (const node of nodes) {
    out.push(node.delimiter ? {...node} : node.bracket ? {type: 'text', text: node.bracket} : node);
    if (node.closes) close(out);
  }
  return joinTexts(out.map((node) =>
      node.delimiter ? {type: 'text', text: node.delimiter.repeat(node.count)} : node));
}

// The last node closes what was opened before it.
function close(out) {
  const closer = out.pop();
  while (closer.count > 0) {
    const open = openerOf(closer, out);
    if (open < 0) break;
    const opener = out[open];
    const used = Math.min(opener.count, closer.count, 2);
    const type = closer.delimiter === '~' ? 'deleted' : used === 2 ? 'strong' : 'emphasis';
    const children = out.splice(open + 1).map((node) =>
        node.delimiter ? {type: 'text', text: node.delimiter.repeat(node.count)} : node);
    opener.count -= used;
    closer.count -= used;
    if (opener.count === 0) out.pop();
    out.push({type, children: joinTexts(children)});
  }
  if (closer.count > 0) out.push(closer);
}

function openerOf(closer, out) {
  const last = Math.max(0, out.length - kLookBack);
  for (let i = out.length - 1; i >= last; --i) {
    const node = out[i];
    if (node.delimiter !== closer.delimiter || !node.opens) continue;
    const odd = (node.closes || closer.opens) && (node.count + closer.count) % 3 === 0 &&
        !(node.count % 3 === 0 && closer.count % 3 === 0);
    if (!odd) return i;
  }
  return -1;
}

function joinTexts(nodes) {
  const out = [];
  for (const node of nodes) {
    const last = out.at(-1);
    if (node.type === 'text' && last?.type === 'text') out[out.length - 1] = {type: 'text', text: last.text + node.text};
    else out.push(node);
  }
  return out;
}
