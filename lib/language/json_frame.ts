import type { ArrayShape, ObjectShape } from "./json_shape.ts";

/**
 * An object or an array that is open. Within the same outer frame, equal frames are
 * the same object, so that equal states are found without comparing what is around.
 */
export interface Frame {
  readonly shape: ObjectShape | ArrayShape;
  readonly outer: Frame | undefined;
  /** Which keys of the shape the object has, and those that it must have. */
  readonly keys: ReadonlySet<string>;
  /** How many values the array has, as far as it matters. */
  readonly count: number;
  /** The frames with the same outer frame. */
  readonly siblings: Map<string, Frame>;
  /** The frames in this one. */
  readonly inner: Map<string, Frame>;
}

const NO_KEYS: ReadonlySet<string> = new Set();

/** The frame of an object or array that begins. */
export function openFrame(
  outer: Frame | undefined,
  shape: ObjectShape | ArrayShape,
): Frame {
  const siblings = outer?.inner ?? new Map();
  return unique({ shape, outer, keys: NO_KEYS, count: 0, siblings });
}

/** The frame after a key. */
export function withKey(frame: Frame, name: string): Frame {
  return unique({ ...frame, keys: new Set([...frame.keys, name]) });
}

/** The frame after a value. */
export function withValue(frame: Frame): Frame {
  const { shape, count } = frame;
  // Beyond the least, only the distance to the most matters.
  const isCounted = shape.kind === "array" &&
    (count < shape.least || shape.most !== Infinity);
  return isCounted ? unique({ ...frame, count: count + 1 }) : frame;
}

function unique(frame: Omit<Frame, "inner">): Frame {
  const { shape, keys, count, siblings } = frame;
  const id = `${idOf(shape)} ${count} ${JSON.stringify([...keys].sort())}`;
  const known = siblings.get(id);
  if (known !== undefined) return known;
  const made = { ...frame, inner: new Map() };
  siblings.set(id, made);
  return made;
}

const ids = new WeakMap<object, number>();
let lastId = 0;

/** A number that no other object has. */
export function idOf(object: object): number {
  let id = ids.get(object);
  if (id === undefined) ids.set(object, id = ++lastId);
  return id;
}
