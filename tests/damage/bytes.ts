/**
 * Damage to the bytes of a file.
 *
 * @module
 */

import type { Random } from "../mutations/random.ts";

/** A file. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** The longest part that is moved, inserted or removed. */
const MAX_PART = 256;

/** Values that counts, lengths and offsets are replaced with. */
const HUGE: readonly bigint[] = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0x7fffn,
  0xffffn,
  0x10000n,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  0x1_0000_0000n,
  0x0fff_ffff_ffff_ffffn,
  0x7fff_ffff_ffff_ffffn,
  0x8000_0000_0000_0000n,
  0xffff_ffff_ffff_ffffn,
];

type Change = (bytes: Bytes, random: Random, other: Bytes) => Bytes;

/** Each of them is equally likely. */
const CHANGES: readonly Change[] = [
  changeByte,
  flipBit,
  changeInteger,
  changeInteger,
  movePart,
  insertPart,
  removePart,
  splice,
];

/**
 * Damages a file: flipped bits, huge counts, parts that are moved, removed or
 * of another file, and an end that is missing.
 *
 * @param original The file.
 * @param other A file of the same kind.
 * @param random Decides the damage.
 */
export function damageBytes(
  original: Bytes,
  other: Bytes,
  random: Random,
): Bytes {
  let bytes = original.slice();
  if (random.once(12)) bytes = bytes.slice(0, random.below(bytes.length));
  const count = random.once(2) ? 1 : random.between(2, 6);
  for (let i = 0; i < count && bytes.length > 0; i++) {
    bytes = random.pick(CHANGES)(bytes, random, other);
  }
  return bytes;
}

function changeByte(bytes: Bytes, random: Random): Bytes {
  const value = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
  bytes[random.below(bytes.length)] = value;
  return bytes;
}

function flipBit(bytes: Bytes, random: Random): Bytes {
  bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
  return bytes;
}

/** Replaces an integer by a huge one, or by one beside it. */
function changeInteger(bytes: Bytes, random: Random): Bytes {
  const width = random.pick([2, 4, 4, 8]);
  if (bytes.length < width) return bytes;
  const place = random.below(bytes.length - width + 1);
  // Most formats align their integers.
  const at = random.once(4) ? place : place - place % width;
  let value = 0n;
  for (let i = width - 1; i >= 0; i--) {
    value = value << 8n | BigInt(bytes[at + i]!);
  }
  const changed = random.once(2)
    ? random.pick(HUGE)
    : value + BigInt(random.between(-16, 16));
  const wrapped = BigInt.asUintN(8 * width, changed);
  for (let i = 0; i < width; i++) {
    bytes[at + i] = Number(wrapped >> BigInt(8 * i) & 0xffn);
  }
  return bytes;
}

function movePart(bytes: Bytes, random: Random): Bytes {
  const from = random.below(bytes.length);
  const length = 1 + random.below(random.pick([16, MAX_PART]));
  return bytes.copyWithin(random.below(bytes.length), from, from + length);
}

function insertPart(bytes: Bytes, random: Random): Bytes {
  const part = new Uint8Array(random.below(MAX_PART));
  if (random.once(2)) part.fill(random.below(256));
  else part.set(partOf(bytes, part.length, random));
  return join(bytes, random.below(bytes.length + 1), 0, part);
}

function removePart(bytes: Bytes, random: Random): Bytes {
  const length = random.below(random.pick([16, MAX_PART]));
  const at = random.below(bytes.length);
  return join(bytes, at, length, new Uint8Array());
}

/** Replaces a part by one of the other file, or everything after it. */
function splice(bytes: Bytes, random: Random, other: Bytes): Bytes {
  const at = random.below(bytes.length);
  if (random.once(4)) {
    return join(bytes, at, bytes.length, other.slice(random.below(at * 2)));
  }
  const part = partOf(other, random.below(MAX_PART), random);
  return join(bytes, at, part.length, part);
}

function partOf(bytes: Bytes, length: number, random: Random): Bytes {
  const from = random.below(bytes.length);
  return bytes.slice(from, from + length);
}

function join(bytes: Bytes, at: number, removed: number, part: Bytes): Bytes {
  const rest = bytes.subarray(Math.min(at + removed, bytes.length));
  const all = new Uint8Array(at + part.length + rest.length);
  all.set(bytes.subarray(0, at));
  all.set(part, at);
  all.set(rest, at + part.length);
  return all;
}
