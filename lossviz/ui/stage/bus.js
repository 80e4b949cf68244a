// What the pictures of one group tell each other, without the server.
//
// cursor {a, b}      the point of the plane under the pointer
// frame k            the step shown by the player
// points {x, y}      the points as they are being dragged
// dial {…}           what a slider of the stage makes of the loss
// landscape {x, y, z}  the values the read-out speaks of

// Streamlit may hand over a message after its successor: every message carries a stamp that rises
// within its session.
export const older = (message, shown) => shown?.session === message.session && message.stamp < shown.stamp;

class Group {
  constructor(name) {
    this.name = name;
  }

  cursor = null;
  frame = null;
  points = null;
  dial = null;
  landscape = null;
  members = new Set();
  players = new Set();

  publish(topic, value) {
    this[topic] = value;
    for (const member of this.members) member.hear(topic);
    if (topic === "frame") for (const player of this.players) player.heard();
  }
}

const groups = new Map();

export function group(name) {
  if (!groups.has(name)) groups.set(name, new Group(name));
  return groups.get(name);
}
