// Files to the pictures of a message. PNG, JPEG and WebP go as they are; other kinds that the browser can show become PNG.

const kSent = ['image/png', 'image/jpeg', 'image/webp'];
const kLargest = 8 * 1024 * 1024;  // bytes

export const isPicture = (file) => file.type.startsWith('image/');

// {type, data, name}; data in base64. Errors are for people.
export async function readPicture(file) {
  if (!isPicture(file)) throw new Error(`${file.name}: this is no picture`);
  const blob = kSent.includes(file.type) ? file : await converted(file);
  if (blob.size > kLargest) {
    throw new Error(`${file.name}: ${(blob.size / 1024 / 1024).toFixed(1)} MB, at most ${kLargest / 1024 / 1024} MB are sent`);
  }
  return {type: blob.type, data: await base64(blob), name: file.name};
}

async function converted(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error(`${file.name}: the browser cannot read this kind of picture; PNG, JPEG and WebP always work`);
  }
  const canvas = document.createElement('canvas');
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext('2d').drawImage(bitmap, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}

function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(',') + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

export const addressOf = ({type, data}) => `data:${type};base64,${data}`;
