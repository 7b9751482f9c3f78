// Which addresses a link in an answer may have.

// The address, normalised, if it is an absolute one of the web or of mail; else nothing: no script, data, file or page of ours.
export function safeLink(address) {
  if (/[\u0000-\u0020\u007f]/.test(address)) return undefined;
  if (!/^(?:https?:\/\/|mailto:)/i.test(address)) return undefined;
  try {
    const url = new URL(address);
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}
