// A film as a WebM file: every frame is a key frame, taken from the picture that a browser has
// encoded as lossy WebP, which holds one frame of VP8 (RFC 9649 and the Matroska specification).

const bytesOf = (text) => new TextEncoder().encode(text);

// An integer, as few bytes as it needs, the highest first.
function whole(value) {
  const bytes = [];
  for (let left = value; left > 0 || !bytes.length; left = Math.floor(left / 256)) bytes.unshift(left % 256);
  return new Uint8Array(bytes);
}

function real(value) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}

// An element as a list of byte arrays: its id, its size in eight bytes, its contents.
function element(id, ...contents) {
  const parts = contents.flat();
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(parts.reduce((sum, { length }) => sum + length, 0)));
  size[0] = 1; // a length descriptor of eight bytes
  return [whole(id), size, ...parts];
}

// The VP8 frame in a WebP file, or an Error with a sentence where a browser made something else.
function frameOf(file) {
  const view = new DataView(file);
  const word = (at) => String.fromCharCode(...new Uint8Array(file, at, 4));
  if (file.byteLength > 12 && word(0) === "RIFF" && word(8) === "WEBP") {
    for (let at = 12; at + 8 <= file.byteLength;) {
      const size = view.getUint32(at + 4, true);
      if (word(at) === "VP8 ") return new Uint8Array(file, at + 8, size);
      at += 8 + size + (size % 2);
    }
  }
  throw new Error("This browser cannot make a film; Chrome, Edge and Firefox can");
}

// Track 1, at the time of its cluster, a key frame.
const block = (frame) => element(0xa3, new Uint8Array([0x81, 0, 0, 0x80]), frame);

// ``frames`` are ArrayBuffers of WebP files of one size; frame k is shown ``pace`` milliseconds
// after its predecessor, the last one ``rest`` milliseconds longer.
export function webm(frames, { width, height, pace, rest }) {
  const images = frames.map(frameOf);
  images.push(images.at(-1)); // a player keeps the last frame until here
  const times = images.map((_, k) => Math.round(k * pace));
  times[times.length - 1] += rest;
  const head = element(0x1a45dfa3,
    element(0x4286, whole(1)), element(0x42f7, whole(1)), element(0x42f2, whole(4)), element(0x42f3, whole(8)),
    element(0x4282, bytesOf("webm")), element(0x4287, whole(2)), element(0x4285, whole(2)));
  const info = element(0x1549a966,
    element(0x2ad7b1, whole(1_000_000)), element(0x4489, real(times.at(-1) + pace)),
    element(0x4d80, bytesOf("lossviz")), element(0x5741, bytesOf("lossviz")));
  const tracks = element(0x1654ae6b, element(0xae,
    element(0xd7, whole(1)), element(0x73c5, whole(1)), element(0x83, whole(1)), element(0x9c, whole(0)),
    element(0x86, bytesOf("V_VP8")),
    element(0xe0, element(0xb0, whole(width)), element(0xba, whole(height)))));
  const clusters = images.flatMap((image, k) => element(0x1f43b675, element(0xe7, whole(times[k])), block(image)));
  return new Blob([...head, ...element(0x18538067, info, tracks, clusters)], { type: "video/webm" });
}
