import { assert, assertEquals } from "@std/assert";
import { Instance, IreeError, ParameterIndex } from "../../mod.ts";
import { Random } from "../mutations/random.ts";
import { TemporaryFolder, test } from "../support.ts";
import { GGUF, irpa, SAFETENSORS } from "./made_files.ts";
import { gguf } from "./parameter_files.ts";

const SEEDS: Readonly<
  Record<string, (folder: TemporaryFolder) => Uint8Array<ArrayBuffer>>
> = {
  "irpa": irpa,
  "gguf": () => GGUF,
  "GGUF": () =>
    gguf({ a: { type: 24, shape: [9], contents: new Uint8Array(9) } }, {
      bigEndian: true,
      nested: true,
    }),
  "safetensors": () => SAFETENSORS,
};

/** Positions of important numbers, where extreme values are worth a try. */
const EXTREMES: readonly bigint[] = [
  0n,
  1n,
  0x7fn,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
  2n ** 64n - 4096n,
];

function mutate(
  bytes: Uint8Array<ArrayBuffer>,
  random: Random,
): Uint8Array<ArrayBuffer> {
  const mutant = bytes.slice();
  const view = new DataView(mutant.buffer);
  // The bytes after the header are contents, in which any value is valid.
  const header = Math.min(mutant.length, 512);
  for (let i = random.between(1, 4); i > 0; i--) {
    const at = random.below(header - 8);
    if (random.once(2)) mutant[at] = random.below(256);
    else view.setBigUint64(at, random.pick(EXTREMES), true);
  }
  return random.once(6) ? mutant.slice(0, random.below(header)) : mutant;
}

for (const [format, seed] of Object.entries(SEEDS)) {
  test(`Hundreds of mutated ${format} files are either read or rejected`, () => {
    using folder = new TemporaryFolder();
    using instance = Instance.open();
    const bytes = seed(folder);
    const path = folder.join(`mutant.${format}`);
    const random = new Random(bytes.length);
    const outcomes = new Set<string>();
    for (let i = 0; i < 500; i++) {
      const mutant = mutate(bytes, random);
      Deno.writeFileSync(path, mutant);
      const mode = random.pick(["file", "preload", "mmap"] as const);
      try {
        using index = ParameterIndex.fromFile(instance, path, { mode });
        for (const { key, byteLength } of index.entries) {
          const length = Math.min(byteLength, 4096);
          assertEquals(index.read(key, { length }).length, length);
          index.read(key, { offset: byteLength });
        }
        outcomes.add("read");
      } catch (error) {
        if (!(error instanceof IreeError)) throw error;
        outcomes.add(error.code);
      }
    }
    assert(outcomes.has("read") && outcomes.size >= 3, [...outcomes].join());
  });
}
