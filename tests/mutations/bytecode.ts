/**
 * Mutations of compiled programs.
 *
 * @module
 */

import type { Random } from "./random.ts";
import { type Region, regionsOf } from "./regions.ts";

/** A program that differs from the compiler's output. */
export interface Mutant {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The mutations, in order. */
  readonly steps: readonly string[];
  /** Whether machine code changed, which cannot be verified. */
  readonly native: boolean;
}

/** The most common wrong values of counts, offsets and lengths. */
const TELLING_VALUES: readonly number[] = [
  0,
  1,
  2,
  3,
  4,
  7,
  8,
  15,
  16,
  0x7f,
  0x80,
  0xff,
  0x100,
  0x7fff,
  0x8000,
  0xbfff,
  0xc000,
  0xffff,
  0x10000,
  0x7fffffff,
  0x80000000,
  0xfffffffc,
  0xfffffffe,
  0xffffffff,
];

/** Characters of calling conventions, and an invalid one. */
const CONVENTION_CHARACTERS = "0iIfFrvCD_.x";

/** How often to pick each part: most often where mutations get furthest. */
const WEIGHTS: Readonly<Record<Region["part"], number>> = {
  header: 1,
  tables: 5,
  descriptors: 3,
  bytecode: 9,
  data: 1,
  native: 1,
};

type Step = (
  bytes: Uint8Array<ArrayBuffer>,
  region: Region,
  random: Random,
) => string;

/** Mutations that leave every other byte in place. */
const STEPS: readonly Step[] = [
  (bytes, region, random) => {
    const at = within(region, random);
    const bit = random.below(8);
    bytes[at] ^= 1 << bit;
    return `bit ${bit} of ${at} flipped`;
  },
  (bytes, region, random) => {
    const at = within(region, random);
    bytes[at] = random.pick([random.below(256), random.below(16), 0, 0xff]);
    return `byte ${at} = ${bytes[at]}`;
  },
  (bytes, region, random) => {
    const at = within(region, random);
    const delta = random.pick([-16, -4, -2, -1, 1, 2, 4, 16]);
    bytes[at] += delta;
    return `byte ${at} + ${delta}`;
  },
  (bytes, region, random) => writeWord(bytes, region, random, 2),
  (bytes, region, random) => writeWord(bytes, region, random, 4),
  (bytes, region, random) => {
    const [start, end] = range(region, random);
    const value = random.pick([0, 0, 0xff, 0x80]);
    bytes.fill(value, start, end);
    return `${start}..${end} = ${value}`;
  },
  (bytes, region, random) => {
    const [start, end] = range(region, random);
    const target = within(region, random);
    bytes.copyWithin(target, start, end);
    return `${start}..${end} copied to ${target}`;
  },
  (bytes, region, random) => {
    const [start, end] = range(region, random);
    const first = bytes.slice(start, end);
    const other = Math.min(within(region, random), bytes.length - first.length);
    bytes.copyWithin(start, other, other + first.length);
    bytes.set(first, other);
    return `${start}..${end} swapped with ${other}`;
  },
  (bytes, region, random) => {
    const [start, end] = range(region, random);
    for (let at = start; at < end; at++) bytes[at] = random.below(256);
    return `${start}..${end} random`;
  },
  changeConvention,
];

/**
 * Mutates a program.
 *
 * @param program The bytes of a `.vmfb`; not changed.
 * @param other Another one, for splices.
 * @param random Decides the mutations.
 * @returns The mutated program.
 */
export function mutate(
  program: Uint8Array<ArrayBuffer>,
  other: Uint8Array<ArrayBuffer>,
  random: Random,
): Mutant {
  const regions = regionsOf(program);
  let bytes = program.slice();
  const steps: string[] = [];
  for (let count = random.pick([1, 1, 1, 2, 3, 6]); count > 0; count--) {
    const region = pickRegion(regions, random);
    const step = random.pick(STEPS);
    steps.push(`${region.part}: ${step(bytes, region, random)}`);
  }
  if (random.once(12)) {
    bytes = resize(bytes, other, random, steps);
  }
  const native = regions.some((region) =>
    region.part === "native" && differ(program, bytes, region)
  );
  return { bytes, steps, native };
}

function differ(
  before: Uint8Array<ArrayBuffer>,
  after: Uint8Array<ArrayBuffer>,
  { start, end }: Region,
): boolean {
  return before.subarray(start, end).some((byte, index) =>
    byte !== after[start + index]
  );
}

/** Mutations that move bytes: cut, extend, insert, remove and splice. */
function resize(
  bytes: Uint8Array<ArrayBuffer>,
  other: Uint8Array<ArrayBuffer>,
  random: Random,
  steps: string[],
): Uint8Array<ArrayBuffer> {
  const at = random.below(bytes.length + 1);
  const length = random.pick([1, 2, 4, 16, 64, 1024]);
  switch (random.below(6)) {
    case 0:
      steps.push(`cut at ${at}`);
      return bytes.slice(0, at);
    case 1:
      steps.push(`${length} bytes more at the end`);
      return concatenate([bytes, new Uint8Array(length).fill(random.u32())]);
    case 2:
      steps.push(`${length} bytes more at ${at}`);
      return concatenate([
        bytes.subarray(0, at),
        new Uint8Array(length),
        bytes.subarray(at),
      ]);
    case 3:
      steps.push(`${length} bytes less at ${at}`);
      return concatenate([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 4: {
      const from = random.once(2) ? at : random.below(other.length + 1);
      steps.push(`from ${at} on that of another program from ${from} on`);
      return concatenate([bytes.subarray(0, at), other.subarray(from)]);
    }
    default: {
      const from = random.below(other.length);
      const part = other.subarray(from, from + length);
      steps.push(`${part.length} bytes of another program at ${at}`);
      bytes.set(part.subarray(0, bytes.length - at), at);
      return bytes;
    }
  }
}

function pickRegion(regions: readonly Region[], random: Random): Region {
  const sum = regions.reduce((total, { part }) => total + WEIGHTS[part], 0);
  let rest = random.below(sum);
  for (const region of regions) {
    rest -= WEIGHTS[region.part];
    if (rest < 0) return region;
  }
  return regions[0];
}

function within(region: Region, random: Random): number {
  return region.start + random.below(region.end - region.start);
}

function range(region: Region, random: Random): [number, number] {
  const start = within(region, random);
  const length = random.pick([1, 2, 4, 8, 20, 64]);
  return [start, Math.min(start + length, region.end)];
}

function writeWord(
  bytes: Uint8Array<ArrayBuffer>,
  region: Region,
  random: Random,
  size: 2 | 4,
): string {
  const aligned = random.once(4) ? 1 : size;
  const at = Math.min(
    Math.floor(within(region, random) / aligned) * aligned,
    bytes.length - size,
  );
  const view = new DataView(bytes.buffer);
  const old = size === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
  const value = random.pick([
    random.pick(TELLING_VALUES),
    random.pick(TELLING_VALUES),
    old + random.between(-4, 4),
    old * 2,
    random.below(64),
  ]);
  if (size === 2) view.setUint16(at, value, true);
  else view.setUint32(at, value, true);
  return `u${8 * size} at ${at}: ${old} -> ${value}`;
}

// Finds text like `0iI_r` in the tables and changes a letter of it.
function changeConvention(
  bytes: Uint8Array<ArrayBuffer>,
  region: Region,
  random: Random,
): string {
  const found: number[] = [];
  for (let at = region.start + 1; at + 1 < region.end; at++) {
    const isStart = bytes[at] === 0x30 && bytes[at - 1] === 0;
    if (isStart && isConventionCharacter(bytes[at + 1])) found.push(at);
  }
  const at = found.length === 0
    ? within(region, random)
    : random.pick(found) + random.below(6);
  const character = random.pick([...CONVENTION_CHARACTERS]);
  bytes[at] = character.charCodeAt(0);
  return `byte ${at} = '${character}'`;
}

function isConventionCharacter(byte: number): boolean {
  return CONVENTION_CHARACTERS.includes(String.fromCharCode(byte));
}

function concatenate(
  parts: readonly Uint8Array<ArrayBuffer>[],
): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
