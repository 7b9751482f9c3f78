// What keys do.

export const kShortcuts = [
  ['Enter', 'Send (on a touch screen: the button)'],
  ['Shift + Enter', 'New line'],
  ['Esc', 'Stop the answer'],
  ['↑ in an empty field', 'Edit the last message'],
  ['Ctrl + Shift + O', 'New conversation'],
  ['Alt + M', 'To the message field'],
  ['Ctrl + /', 'This list'],
];

// Not while letters are being composed (IME), and not where Enter comes from a keyboard on the screen.
export function sendsOnEnter(event) {
  const touch = matchMedia('(hover: none) and (pointer: coarse)').matches;
  return event.key === 'Enter' && !event.shiftKey && !event.isComposing && !touch;
}

// Calls actions {stop, create, focus, help} for the keys of the whole page.
export function listenForShortcuts(actions) {
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || document.querySelector('dialog[open]')) return;
    const action = actionFor(event);
    if (!action) return;
    event.preventDefault();
    actions[action]();
  });
}

function actionFor(event) {
  const command = event.ctrlKey || event.metaKey;
  if (event.key === 'Escape' && !command) return 'stop';
  if (command && event.shiftKey && event.code === 'KeyO') return 'create';
  if (event.altKey && !command && event.code === 'KeyM') return 'focus';
  if (command && event.key === '/') return 'help';
  return undefined;
}
