// Tells screen readers of an answer while it comes: whole sentences, and not more often than they can be read out.

const kPause = 4000;  // milliseconds
const kSentenceEnd = /[.!?:…。！？]["')\]]*\s|\n/g;

export class Announcer {
  constructor(region, now = () => performance.now()) {
    this.region = region;
    this.now = now;
  }

  say(text) {
    this.region.textContent = text;
  }

  begin() {
    this.told = 0;
    this.last = this.now();
    this.say('The answer begins.');
  }

  // The answer so far; `ended` when it is complete.
  progress(text, ended) {
    if (ended) {
      const rest = text.slice(this.told).trim();
      this.say(rest ? `${rest} End of the answer.` : 'The answer has ended.');
      return;
    }
    if (this.now() - this.last < kPause) return;
    const end = lastEnd(text, this.told);
    if (end <= this.told) return;
    this.say(text.slice(this.told, end).trim());
    this.told = end;
    this.last = this.now();
  }
}

function lastEnd(text, from) {
  let end = from;
  for (const match of text.slice(from).matchAll(kSentenceEnd)) end = from + match.index + match[0].length;
  return end;
}
