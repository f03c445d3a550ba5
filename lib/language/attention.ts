import type { Configuration } from "./configuration.ts";
import {
  decimal,
  type Elements,
  LOWEST,
  type MlirBuilder,
  type Value,
} from "./mlir_builder.ts";

/** How many positions a block of a cache has. */
export const BLOCK = 64;

/** What a layer attends with, and to. */
export interface AttentionInputs {
  /** Queries: sequences, tokens, heads, elements. */
  readonly query: Value;
  /** Keys of the new tokens. */
  readonly key: Value;
  /** Values of the new tokens. */
  readonly value: Value;
  /** How many positions of each cache are in use. */
  readonly positions: Value;
  /** The cache of each sequence. */
  readonly caches: readonly Value[];
  /** Number of the layer. */
  readonly layer: number;
}

/**
 * Emits attention over caches and over the new tokens, with one softmax.
 *
 * @param builder Where to.
 * @param model The model.
 * @param inputs The tensors.
 * @returns A row for each token: the values of its heads.
 */
export function emitAttention(
  builder: MlirBuilder,
  model: Configuration,
  inputs: AttentionInputs,
): Value {
  return new Attention(builder, model, inputs).emit();
}

class Attention {
  readonly #builder: MlirBuilder;
  readonly #model: Configuration;
  readonly #inputs: AttentionInputs;
  readonly #window: number | undefined;

  constructor(
    builder: MlirBuilder,
    model: Configuration,
    inputs: AttentionInputs,
  ) {
    this.#builder = builder;
    this.#model = model;
    this.#inputs = inputs;
    this.#window = model.windows[inputs.layer];
  }

  emit(): Value {
    const b = this.#builder;
    const { key, value, caches } = this.#inputs;
    const { headSize, keyHeads, heads } = this.#model;
    const query = this.#group();
    const past = caches.map((_, row) => this.#pastScores(query, row));
    const newScores = b.compute("nmhgd,njhd->nhgmj", [query, key], dot);
    const scores = b.compute(
      "nhgmj->nhgmj",
      [newScores],
      (elements) => this.#maskNew(elements),
    );
    const pastMax = b.join(past.map((it) => {
      const blockMax = b.compute("bnhgmt->bnhgm", [it], largest, {
        start: LOWEST,
      });
      return b.compute("bnhgm->nhgm", [blockMax], largest, { start: LOWEST });
    }));
    const newMax = b.compute("nhgmj->nhgm", [scores], largest, {
      start: LOWEST,
    });
    const max = b.compute("nhgm,nhgm->nhgm", [pastMax, newMax], (
      { inputs: [x, y], emit },
    ) => emit(`arith.maximumf ${x}, ${y} : f32`));
    const parts = past.map((it, row) =>
      b.compute("bnhgmt,nhgm->bnhgmt", [it, b.row(max, row)], power)
    );
    const newParts = b.compute("nhgmj,nhgm->nhgmj", [scores, max], power);
    const pastTotal = b.join(parts.map((it) => {
      const blockTotal = b.compute("bnhgmt->bnhgm", [it], add);
      return b.compute("bnhgm->nhgm", [blockTotal], add);
    }));
    const newTotal = b.compute("nhgmj->nhgm", [newParts], add);
    const pastMix = b.join(parts.map((it, row) => {
      const values = this.#past(row, 1);
      const mix = b.compute("bnhgmt,nbthd->bnhgmd", [it, values], dot);
      return b.compute("bnhgmd->nhgmd", [mix], add);
    }));
    const newMix = b.compute("nhgmj,njhd->nhgmd", [newParts, value], dot);
    const mixed = b.compute(
      "nhgmd,nhgmd,nhgm,nhgm->nmhgd",
      [pastMix, newMix, pastTotal, newTotal],
      ({ inputs: [x, y, left, right], emit }) => {
        const sum = emit(`arith.addf ${x}, ${y} : f32`);
        const total = emit(`arith.addf ${left}, ${right} : f32`);
        return emit(`arith.divf ${sum}, ${total} : f32`);
      },
    );
    const { batch, chunk } = this.#counts;
    const group = heads / keyHeads;
    return b.collapse(mixed, [[batch, chunk], [keyHeads, group, headSize]]);
  }

  get #counts(): { readonly batch: number; readonly chunk: number } {
    const [batch, chunk] = this.#inputs.query.shape as number[];
    return { batch: batch!, chunk: chunk! };
  }

  // The queries, in groups that share a key.
  #group(): Value {
    const { heads, keyHeads, headSize } = this.#model;
    const { batch, chunk } = this.#counts;
    const groups = [keyHeads, heads / keyHeads];
    const { query } = this.#inputs;
    return this.#builder.expand(query, [[batch], [chunk], groups, [headSize]]);
  }

  // Blocks come first: then their number, which is not known, does not prevent
  // vectors.
  #pastScores(query: Value, row: number): Value {
    const b = this.#builder;
    const scores = b.compute(
      "nmhgd,nbthd->bnhgmt",
      [b.row(query, row), this.#past(row, 0)],
      dot,
    );
    return b.compute(
      "bnhgmt,n->bnhgmt",
      [scores, b.row(this.#inputs.positions, row)],
      (elements) => this.#maskPast(elements),
    );
  }

  // Keys or values of a sequence.
  #past(row: number, at: number): Value {
    const { caches, layer } = this.#inputs;
    const { keyHeads, headSize } = this.#model;
    return this.#builder.slice(
      caches[row]!,
      [0, this.#builder.hidden("layer", layer), at, 0, 0, 0, 0],
      [1, 1, 1, "?", BLOCK, keyHeads, headSize],
      [1, "?", BLOCK, keyHeads, headSize],
    );
  }

  // A position of the cache is seen if it is before the chunk, and within the
  // window of the query.
  #maskPast({ inputs: [score, position], index, emit }: Elements): string {
    const b = this.#builder;
    const block = b.constant(`${BLOCK}`, "index");
    const first = emit(`arith.muli ${index("b")}, ${block} : index`);
    const at = emit(`arith.addi ${first}, ${index("t")} : index`);
    const start = emit(`arith.index_cast ${position} : i32 to index`);
    let isSeen = emit(`arith.cmpi slt, ${at}, ${start} : index`);
    if (this.#window !== undefined) {
      const query = emit(`arith.addi ${start}, ${index("m")} : index`);
      isSeen = this.#andNear(isSeen, query, at, emit);
    }
    return this.#select(isSeen, score!, emit);
  }

  #maskNew({ inputs: [score], index, emit }: Elements): string {
    const [query, key] = [index("m"), index("j")];
    let isSeen = emit(`arith.cmpi sle, ${key}, ${query} : index`);
    if (this.#window !== undefined) {
      isSeen = this.#andNear(isSeen, query, key, emit);
    }
    return this.#select(isSeen, score!, emit);
  }

  // The scaled score, or one that does not count.
  #select(isSeen: string, score: string, emit: Elements["emit"]): string {
    const b = this.#builder;
    const size = Math.sqrt(this.#model.headSize);
    const factor = b.constant(decimal(1 / size), "f32");
    const scaled = emit(`arith.mulf ${score}, ${factor} : f32`);
    const lowest = b.constant(LOWEST, "f32");
    return emit(`arith.select ${isSeen}, ${scaled}, ${lowest} : f32`);
  }

  #andNear(
    isSeen: string,
    query: string,
    key: string,
    emit: Elements["emit"],
  ): string {
    const distance = emit(`arith.subi ${query}, ${key} : index`);
    const size = this.#builder.constant(`${this.#window}`, "index");
    const isNear = emit(`arith.cmpi slt, ${distance}, ${size} : index`);
    return emit(`arith.andi ${isSeen}, ${isNear} : i1`);
  }
}

function dot({ inputs: [x, y], sum, emit }: Elements): string {
  const product = emit(`arith.mulf ${x}, ${y} : f32`);
  return emit(`arith.addf ${sum}, ${product} : f32`);
}

function add({ inputs: [x], sum, emit }: Elements): string {
  return emit(`arith.addf ${sum}, ${x} : f32`);
}

function largest({ inputs: [x], sum, emit }: Elements): string {
  return emit(`arith.maximumf ${x}, ${sum} : f32`);
}

function power({ inputs: [x, y], emit }: Elements): string {
  const difference = emit(`arith.subf ${x}, ${y} : f32`);
  return emit(`math.exp ${difference} : f32`);
}
