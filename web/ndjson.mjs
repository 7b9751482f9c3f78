// Reads a stream of bytes as JSON values, one a line, however the bytes are cut.

const kLongestLine = 16 * 1024 * 1024;  // characters

export class BadLine extends Error {}

export async function* readObjects(stream) {
  const decoder = new TextDecoder();
  let pieces = [];  // of a line that has not ended
  let length = 0;
  for await (const bytes of chunks(stream)) {
    const parts = decoder.decode(bytes, {stream: true}).split('\n');
    const rest = parts.pop();
    for (const part of parts) {
      yield* parse(pieces.join('') + part);
      pieces = [];
      length = 0;
    }
    pieces.push(rest);
    length += rest.length;
    if (length > kLongestLine) throw new BadLine(`the server sent a line of more than ${kLongestLine} characters`);
  }
  yield* parse(pieces.join('') + decoder.decode());
}

function* parse(line) {
  if (!line.trim()) return;
  let value;
  try {
    value = JSON.parse(line);
  } catch {
    throw new BadLine(`the server sent a line that is no JSON: ${line.slice(0, 80)}`);
  }
  if (typeof value !== 'object' || value === null) throw new BadLine(`the server sent ${line.slice(0, 80)}, not an object`);
  yield value;
}

// Not every browser can iterate over a stream. A reader that stops early cancels the request.
async function* chunks(stream) {
  const reader = stream.getReader();
  let finished = false;
  try {
    for (;;) {
      const {done, value} = await reader.read();
      if (done) break;
      yield value;
    }
    finished = true;
  } finally {
    if (!finished) reader.cancel().catch(() => {});
  }
}
