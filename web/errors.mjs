// What to tell a person of a failure: what happened, and what can be done about it.

export function explain(error) {
  const advice = {
    offline: 'Check that “cria serve” is running and that this device is connected. The page notices when it is back.',
    interrupted: 'Whatever had come is kept. Try again once the server is back.',
    key: 'The server asks for an API key. Enter one and try again.',
    forbidden: 'The key that was entered does not allow this, or the server does not serve this address.',
    missing: 'It may have been removed. Choose another model above.',
    busy: error.retryAfter ? `The server has too much to do. Try again in ${error.retryAfter} s.` :
                             'The server has too much to do. Try again in a moment.',
    refused: 'The model or the parameters of this conversation may not allow it. Change them and try again.',
    failed: 'The server’s log says more. Try again, or choose a smaller model or context if memory was short.',
  };
  return {
    kind: error.kind ?? 'page',
    text: sentence(error.message),
    advice: advice[error.kind] ?? 'This is a fault of the page. Reloading it may help; conversations are kept.',
  };
}

function sentence(text) {
  const trimmed = String(text).trim() || 'something went wrong';
  return trimmed[0].toUpperCase() + trimmed.slice(1) + (/[.!?]$/.test(trimmed) ? '' : '.');
}
