// A film of one picture, made in the browser frame by frame: however slow the machine, none is lost.

import { blobOf, snapshot } from "./snapshot.js";
import { webm } from "./webm.js";

const WIDTH = 960;
const QUALITY = 0.92; // below 1, or a browser may encode without loss, which VP8 has not
const TURN = { count: 96, pace: 1000 / 24, rest: 0 }; // a full turn in four seconds
const MOST = 144; // frames of a path; a longer one skips steps
const PLAY = { whole: 6000, fastest: 1000 / 24, slowest: 400, rest: 1000 }; // milliseconds

const frame = () => new Promise(requestAnimationFrame);

// Until the picture shows what it was told.
async function settled(picture) {
  await frame();
  await frame();
  await picture.queue;
  while (picture.cameras.following) await frame();
}

const playerOf = ({ group }) =>
  [...(group?.players ?? [])].find(({ root, message }) => root.isConnected && message.steps > 1);

export const canTurn = (picture) => Boolean(picture.solid);
export const canPlay = (picture) => Boolean(playerOf(picture));

// One view after the other; the picture is left as it was.
async function* turning(picture) {
  const before = picture.cameras.read();
  try {
    for (let k = 0; k < TURN.count; k += 1) {
      yield TURN;
      picture.cameras.turn((2 * Math.PI) / TURN.count, 0, true);
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
  const pace = Math.max(PLAY.fastest, Math.min(PLAY.slowest, PLAY.whole / count));
  player.playing = false;
  try {
    for (let i = 0; i < count; i += 1) {
      player.show(Math.round((i * last) / (count - 1)));
      await settled(picture);
      yield { count, pace, rest: PLAY.rest };
    }
  } finally {
    player.show(before);
  }
}

// The film as a Blob; ``tell`` hears how far it is, and ends the work by throwing.  Throws a
// sentence where a browser makes no film or the picture goes.
export async function film(picture, what, tell) {
  const frames = [];
  let size;
  let time;
  for await (const now of (what === "turn" ? turning : playing)(picture)) {
    if (picture.closed) throw new Error("The picture has gone; open it again and start over");
    const canvas = await snapshot(picture, WIDTH);
    if (size && size.height !== canvas.height) throw new Error("The picture changed its size; start over");
    size = { width: canvas.width, height: canvas.height };
    time = now;
    frames.push(await (await blobOf(canvas, "image/webp", QUALITY)).arrayBuffer());
    tell(`Frame ${frames.length} of ${now.count} …`);
  }
  return webm(frames, { ...size, ...time });
}
