import { Random } from "../mutations/random.ts";

/**
 * Damages a program: mostly where its tables and its code are.
 *
 * @param original The program.
 * @param seed The same seed damages it in the same way.
 */
export function mutate(
  original: Uint8Array<ArrayBuffer>,
  seed: number,
): Uint8Array<ArrayBuffer> {
  const random = new Random(1_000_003 * (seed + 1));
  const bytes = original.slice(
    0,
    random.below(20) === 0 ? random.below(original.length) : original.length,
  );
  const hits = 1 + random.below(6);
  for (let hit = 0; hit < hits && bytes.length > 0; hit++) {
    const at = random.below(bytes.length);
    switch (random.below(4)) {
      case 0:
        bytes[at] = random.below(256);
        break;
      case 1:
        bytes[at] ^= 1 << random.below(8);
        break;
      case 2:
        bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random.below(5)];
        break;
      default: {
        // Parts of the program in places of others.
        const length = random.below(16);
        bytes.copyWithin(at, random.below(bytes.length), at + length);
      }
    }
  }
  return bytes;
}
