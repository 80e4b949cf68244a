// The cursor of a group: a point (a, b) of the plane, under the pointer or where it was pinned.

import { note, recall } from "./address.js";
import { asked, tell } from "./embedded.js";

// Put the cursor at {x, y}, or at the nearest place where the value is known.
export function point(picture, at) {
  const { message, group, landscape } = picture;
  if (!message.cursor) return;
  const { x, y } = landscape?.snap?.(at) ?? at;
  group.publish("cursor", { a: x, b: message.cursor === "a" ? 0 : y });
}

// A click or a key leaves the cursor where it is: the link says where.
export function pin({ message, group }) {
  const { cursor, name } = group;
  if (!message.cursor || !cursor) return;
  note("p", name, [cursor.a, cursor.b]);
  tell([cursor.a, cursor.b]);
}

const idle = window.requestIdleCallback ?? ((act) => setTimeout(act, 100));

// A cursor that came with a message: pictures whose own message is yet to be opened are drawn with
// it, the others hear of it when the browser has nothing else to do.
function place(group, cursor) {
  group.cursor = cursor;
  idle(() => group.cursor === cursor && group.publish("cursor", cursor), { timeout: 1000 });
}

// With a new message: where the link pinned the cursor, else where Python puts it.
export function start(picture, { at }) {
  const { group } = picture;
  const [first, name] = [picture.at === undefined, JSON.stringify(at)];
  const pinned = first && recall("p", group.name);
  if (!first && name !== picture.at) note("p", group.name, null);
  if (pinned) point(picture, { x: pinned[0], y: pinned[1] });
  else if (at && name !== picture.at && !asked()) place(group, { a: at[0], b: at[1] ?? 0 });
  picture.at = name;
}

const order = (p, q) => p - q;

// One step of the keys: to the next place where the value is known, else a hundredth of the axis.
export function step(picture, dx, dy) {
  const { landscape, gd, solid, group } = picture;
  const { xaxis, yaxis } = solid ? gd._fullLayout.scene : gd._fullLayout;
  const middle = ({ range }) => (range[0] + range[1]) / 2;
  const { a, b } = group.cursor ?? { a: middle(xaxis), b: middle(yaxis) };
  const moved = (axis, line, value, by) => {
    const [low, high] = [...axis.range].sort(order);
    const far = landscape?.snap && line?.length > 1 ? (high - low) / (line.length - 1) : 0;
    return Math.max(low, Math.min(high, value + by * Math.max((high - low) / 100, far)));
  };
  point(picture, { x: moved(xaxis, landscape?.x, a, dx), y: moved(yaxis, landscape?.y, b, dy) });
  pin(picture);
}
