// A film made in the browser: frames are painted one by one, then recorded at an even pace.

import { players } from "./player.js";
import { blobOf, snapshot } from "./snapshot.js";

const WIDTH = 960;
const RATE = 24; // frames a second
const TURN = 96; // frames of a camera's full turn
const MOST = 144; // frames of a path; a longer one skips steps
const REST = 24; // frames on the last step
const KINDS = [["video/webm;codecs=vp8", "webm"], ["video/webm", "webm"], ["video/mp4", "mp4"]]; // VP8 keeps pace on a slow machine

const frame = () => new Promise(requestAnimationFrame);
const until = async (ready) => { while (!ready()) await frame(); };

// A background tab paints nothing, and a film of it would never end.
async function settled(picture) {
  await frame();
  await frame();
  await picture.queue;
  await until(() => !picture.cameras.following);
}

export const canTurn = (picture) => picture.solid;const playerOf = (picture) => [...players].find(({ group }) => group === picture.group);
export const canPlay = (picture) => Boolean(playerOf(picture));

// One view after the other; the picture is left as it was.
async function* turning(picture) {
  const before = picture.cameras.read();
  try {
    for (let k = 0; k < TURN; k += 1) {
      yield TURN;
      picture.cameras.turn((2 * Math.PI) / TURN, 0, true);
      await settled(picture);
    }
  } finally {
    picture.cameras.set(before, true);
  }
}

async function* playing(picture) {
  const player = playerOf(picture);
  const [before, last] = [player.k, player.message.steps - 1];
  const count = Math.min(last + 1, MOST);
  try {
    player.playing = false;
    for (let i = 0; i < count; i += 1) {
      player.show(Math.round((i * last) / Math.max(1, count - 1)));
      await settled(picture);
      yield count + REST;
    }
    for (let i = 0; i < REST; i += 1) yield count + REST;
  } finally {
    player.show(before);
  }
}

// The film as {blob, extension}; ``tell`` hears how far it is.  Throws a sentence where a browser
// records nothing or the picture goes.
export async function film(picture, what, tell) {
  const [type, extension] = KINDS.find(([kind]) => window.MediaRecorder?.isTypeSupported(kind)) ?? [];
  if (!type) throw new Error("This browser cannot record a film; Chrome, Edge and Firefox can");
  const canvas = document.createElement("canvas");
  const frames = [];
  for await (const count of (what === "turn" ? turning : playing)(picture)) {
    if (picture.closed) throw new Error("The picture has gone; open it again and start over");
    await snapshot(picture, WIDTH, canvas);
    frames.push(await blobOf(canvas, "image/webp", 0.95));
    tell(`Frame ${frames.length} of ${count} …`);
  }
  tell("Recording …");
  return { blob: await record(frames, canvas, type), extension };
}

async function record(frames, canvas, type) {
  const stream = canvas.captureStream(0);
  const [track] = stream.getVideoTracks();
  const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: 6_000_000 });
  const pieces = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const ended = new Promise((done) => { recorder.onstop = done; });
  const context = canvas.getContext("2d");
  recorder.start();
  const begin = performance.now();
  for (const [k, held] of frames.entries()) {
    const image = await createImageBitmap(held);
    await new Promise((done) => { setTimeout(done, begin + (k * 1000) / RATE - performance.now()); });
    context.drawImage(image, 0, 0);
    track.requestFrame();
    image.close();
  }
  await new Promise((done) => { setTimeout(done, 1000 / RATE); });
  recorder.stop();
  await ended;
  track.stop();
  return new Blob(pieces, { type: type.split(";")[0] });
}
