import {
  type Configuration,
  kindOf,
  MATRICES,
  shapeOf,
  type WeightType,
} from "./configuration.ts";
import { BLOCK, emitAttention } from "./attention.ts";
import {
  decimal,
  MlirBuilder,
  type Size,
  typeOf,
  type Value,
} from "./mlir_builder.ts";

/** The scope of the parameters of a program. */
export const SCOPE = "model";

/** What a program is emitted for. */
export interface ProgramShape {
  /** How many sequences a call continues. */
  readonly batch: number;
  /** How many tokens it adds to each. */
  readonly chunk: number;
  /** The element type of matrices. */
  readonly weights: WeightType;
  /** Roles of the tensors that the model has. */
  readonly roles: ReadonlySet<string>;
}

/** Element types of matrices in MLIR. */
const MLIR_TYPES: Readonly<Record<WeightType, string>> = {
  f32: "f32",
  f16: "f16",
  bf16: "bf16",
  int8: "i8",
};

/** The key of the scales of a matrix of integers. */
export function scaleKey(role: string): string {
  return `${role}.scale`;
}

/**
 * Emits the program of a language model. Its function `step` computes tokens
 * after those in a cache, which it only reads: it returns the rows that the
 * caller adds to the cache.
 *
 * @param configuration The model.
 * @param shape How much a call computes.
 * @returns The text in MLIR.
 */
export function emitProgram(
  configuration: Configuration,
  shape: ProgramShape,
): string {
  return new Emitter(configuration, shape).program();
}

class Emitter {
  readonly #model: Configuration;
  readonly #shape: ProgramShape;
  readonly #builder = new MlirBuilder();
  readonly #globals = new Map<string, Value>();
  readonly #loaded = new Map<string, Value>();

  constructor(configuration: Configuration, shape: ProgramShape) {
    this.#model = configuration;
    this.#shape = shape;
  }

  program(): string {
    const { batch, chunk } = this.#shape;
    const { layers, hidden, keyHeads, headSize, vocabulary, rotation } =
      this.#model;
    const tokens = argument("tokens", [batch, chunk], "i32");
    const positions = argument("positions", [batch], "i32");
    const last = argument("last", [batch], "i32");
    const angles = argument("angles", [batch, chunk, 2, rotation.size], "f32");
    const caches = Array.from({ length: batch }, (_, row) => ({
      ...argument(
        `cache${row}`,
        [1, layers, 2, "?", BLOCK, keyHeads, headSize],
        "f32",
      ),
      dynamic: `%blocks${row}`,
    }));
    const logits = typeOf({ shape: [batch, vocabulary], type: "f32" });
    const states = typeOf({ shape: [batch, chunk, hidden], type: "f32" });
    const rows = typeOf({
      shape: [batch, layers, 2, chunk, keyHeads, headSize],
      type: "f32",
    });
    const results = this.#step(tokens, positions, last, angles, caches);
    const heads = [tokens, positions, last, angles, ...caches].map((value) =>
      `${value.name}: ${typeOf(value)}`
    );
    const names = results.map(({ name }) => name).join(", ");
    return [
      "module @language_model {",
      ...[...this.#globals].map(([key, { name, ...type }]) =>
        `  util.global private ${name} = ` +
        `#flow.parameter.named<"${SCOPE}"::"${key}"> : ${typeOf(type)}`
      ),
      `  func.func @step(${heads.join(", ")}) -> ` +
      `(${logits}, ${states}, ${rows}) {`,
      "    %three = arith.constant 3 : index",
      ...caches.map((cache) =>
        `    ${cache.dynamic} = tensor.dim ${cache.name}, %three : ` +
        typeOf(cache)
      ),
      this.#builder.text,
      `    return ${names} : ${logits}, ${states}, ${rows}`,
      "  }",
      "}",
      "",
    ].join("\n");
  }

  #step(
    tokens: Value,
    positions: Value,
    last: Value,
    angles: Value,
    caches: readonly Value[],
  ): readonly Value[] {
    const { batch, chunk } = this.#shape;
    const { layers, hidden, keyHeads, headSize } = this.#model;
    const b = this.#builder;
    let rows = b.empty([batch, layers, 2, chunk, keyHeads, headSize]);
    let state = this.#embed(tokens);
    for (let layer = 0; layer < layers; layer++) {
      const normal = this.#norm(state, `${layer}.attentionNorm`);
      const query = this.#heads(normal, layer, "query", angles);
      const key = this.#heads(normal, layer, "key", angles);
      const value = this.#heads(normal, layer, "value");
      [key, value].forEach((part, at) => {
        const sizes = [batch, 1, 1, chunk, keyHeads, headSize];
        rows = b.insert(part, rows, [0, layer, at, 0, 0, 0], sizes);
      });
      const mixed = emitAttention(b, this.#model, {
        ...{ query, key, value, positions, caches },
        layer,
      });
      const attention = this.#multiply(mixed, `${layer}.attention`);
      state = this.#add(state, this.#bias(attention, `${layer}.attentionBias`));
      state = this.#add(state, this.#forward(state, layer));
    }
    const final = this.#norm(state, "outputNorm");
    const states = b.expand(final, [[batch, chunk], [hidden]]);
    const ends = this.#pick(states, last);
    const output = this.#shape.roles.has("output") ? "output" : "embedding";
    return [this.#multiply(ends, output), states, rows];
  }

  // The vectors of tokens, a row for each.
  #embed(tokens: Value): Value {
    const { batch, chunk } = this.#shape;
    const b = this.#builder;
    const table = this.#weight("embedding");
    const flat = b.collapse(tokens, [[batch, chunk]]);
    const { hidden } = this.#model;
    const width = b.empty([hidden]);
    const scale = this.#scale("embedding");
    return b.compute("r,k->rk", [flat, width], ({ inputs, index, emit }) => {
      const token = emit(`arith.index_cast ${inputs[0]} : i32 to index`);
      const element = emit(
        `tensor.extract ${table.name}[${token}, ${index("k")}] : ` +
          typeOf(table),
      );
      const number = widen(element, table.type, emit);
      if (scale === undefined) return number;
      const factor = emit(
        `tensor.extract ${scale.name}[${token}] : ${typeOf(scale)}`,
      );
      return emit(`arith.mulf ${number}, ${factor} : f32`);
    });
  }

  // The states whose logits the caller wants: one of each sequence.
  #pick(states: Value, last: Value): Value {
    const { chunk } = this.#shape;
    const { hidden } = this.#model;
    const b = this.#builder;
    if (chunk === 1) {
      return b.collapse(states, [[states.shape[0] as number, 1], [hidden]]);
    }
    const width = b.empty([hidden]);
    return b.compute("n,k->nk", [last, width], ({ inputs, index, emit }) => {
      const at = emit(`arith.index_cast ${inputs[0]} : i32 to index`);
      return emit(
        `tensor.extract ${states.name}[${index("n")}, ${at}, ${
          index("k")
        }] : ` +
          typeOf(states),
      );
    });
  }

  #norm(state: Value, role: string): Value {
    return this.#normalize(state, role, "r", "k");
  }

  // `x / sqrt(mean(x²) + ε) · weight` along the last dimension.
  #normalize(value: Value, role: string, outer: string, inner: string): Value {
    const b = this.#builder;
    const size = value.shape.at(-1) as number;
    const squares = b.compute(
      `${outer}${inner}->${outer}`,
      [value],
      ({ inputs: [x], sum, emit }) => {
        const square = emit(`arith.mulf ${x}, ${x} : f32`);
        return emit(`arith.addf ${sum}, ${square} : f32`);
      },
    );
    const factor = b.constant(decimal(1 / size), "f32");
    const epsilon = b.constant(decimal(this.#model.epsilon), "f32");
    return b.compute(
      `${outer}${inner},${outer},${inner}->${outer}${inner}`,
      [value, squares, this.#weight(role)],
      ({ inputs: [x, sum, weight], emit }) => {
        const mean = emit(`arith.mulf ${sum}, ${factor} : f32`);
        const shifted = emit(`arith.addf ${mean}, ${epsilon} : f32`);
        const root = emit(`math.rsqrt ${shifted} : f32`);
        const scaled = emit(`arith.mulf ${x}, ${root} : f32`);
        return emit(`arith.mulf ${scaled}, ${weight} : f32`);
      },
    );
  }

  // Queries, keys or values of all heads: batch, chunk, heads, elements.
  #heads(normal: Value, layer: number, kind: string, angles?: Value): Value {
    const { batch, chunk } = this.#shape;
    const { heads, keyHeads, headSize } = this.#model;
    const count = kind === "query" ? heads : keyHeads;
    const flat = this.#bias(
      this.#multiply(normal, `${layer}.${kind}`),
      `${layer}.${kind}Bias`,
    );
    let value = this.#builder.expand(flat, [[batch, chunk], [count, headSize]]);
    if (this.#shape.roles.has(`${layer}.${kind}Norm`)) {
      value = this.#normalize(value, `${layer}.${kind}Norm`, "nma", "d");
    }
    return angles === undefined ? value : this.#rotate(value, angles);
  }

  // The first half of the rotating elements turns with the second one.
  #rotate(value: Value, angles: Value): Value {
    const b = this.#builder;
    const { batch, chunk } = this.#shape;
    const { headSize, rotation: { size } } = this.#model;
    const count = value.shape[2] as number;
    const half = size / 2;
    const take = (at: number) =>
      b.slice(
        angles,
        [0, 0, at, 0],
        [batch, chunk, 1, size],
        [batch, chunk, size],
      );
    const turning = size === headSize ? value : b.slice(
      value,
      [0, 0, 0, 0],
      [batch, chunk, count, size],
      [batch, chunk, count, size],
    );
    const halves = b.expand(turning, [[batch], [chunk], [count], [2, half]]);
    const split = (table: Value) =>
      b.expand(table, [[batch], [chunk], [2, half]]);
    const one = b.constant("1", "index");
    const turned = b.compute(
      "nmacd,nmcd,nmcd->nmacd",
      [halves, split(take(0)), split(take(1))],
      ({ inputs: [x, cosine, sine], index, emit }) => {
        const other = emit(`arith.subi ${one}, ${index("c")} : index`);
        const place = ["n", "m", "a"].map(index);
        const y = emit(
          `tensor.extract ${halves.name}[${
            [...place, other, index("d")].join(", ")
          }] : ${typeOf(halves)}`,
        );
        const left = emit(`arith.mulf ${x}, ${cosine} : f32`);
        const right = emit(`arith.mulf ${y}, ${sine} : f32`);
        return emit(`arith.addf ${left}, ${right} : f32`);
      },
    );
    const joined = b.collapse(turned, [[batch], [chunk], [count], [2, half]]);
    if (size === headSize) return joined;
    return b.insert(joined, value, [0, 0, 0, 0], [batch, chunk, count, size]);
  }

  #forward(state: Value, layer: number): Value {
    const normal = this.#norm(state, `${layer}.forwardNorm`);
    const gate = this.#bias(
      this.#multiply(normal, `${layer}.gate`),
      `${layer}.gateBias`,
    );
    const up = this.#bias(
      this.#multiply(normal, `${layer}.up`),
      `${layer}.upBias`,
    );
    const one = this.#builder.constant("1.0", "f32");
    const gated = this.#builder.compute("rk,rk->rk", [gate, up], (
      { inputs: [x, y], emit },
    ) => {
      const negative = emit(`arith.negf ${x} : f32`);
      const power = emit(`math.exp ${negative} : f32`);
      const below = emit(`arith.addf ${power}, ${one} : f32`);
      const activated = emit(`arith.divf ${x}, ${below} : f32`);
      return emit(`arith.mulf ${activated}, ${y} : f32`);
    });
    return this.#bias(
      this.#multiply(gated, `${layer}.down`),
      `${layer}.downBias`,
    );
  }

  #multiply(rows: Value, role: string): Value {
    const b = this.#builder;
    const weight = this.#weight(role);
    const product = b.compute(
      "rk,nk->rn",
      [rows, weight],
      ({ inputs: [x, y], sum, emit }) => {
        const wide = widen(y!, weight.type, emit);
        const product = emit(`arith.mulf ${x}, ${wide} : f32`);
        return emit(`arith.addf ${sum}, ${product} : f32`);
      },
    );
    const scale = this.#scale(role);
    if (scale === undefined) return product;
    return b.compute("rn,n->rn", [product, scale], (
      { inputs: [x, y], emit },
    ) => emit(`arith.mulf ${x}, ${y} : f32`));
  }

  #bias(value: Value, role: string): Value {
    if (!this.#shape.roles.has(role)) return value;
    return this.#builder.compute("rn,n->rn", [value, this.#weight(role)], (
      { inputs: [x, y], emit },
    ) => emit(`arith.addf ${x}, ${y} : f32`));
  }

  #add(left: Value, right: Value): Value {
    return this.#builder.compute("rk,rk->rk", [left, right], (
      { inputs: [x, y], emit },
    ) => emit(`arith.addf ${x}, ${y} : f32`));
  }

  #weight(role: string): Value {
    const shape = shapeOf(role, this.#model);
    const type = MATRICES.has(kindOf(role))
      ? MLIR_TYPES[this.#shape.weights]
      : "f32";
    return this.#parameter(role, shape, type);
  }

  // The scales of the rows of a matrix of integers.
  #scale(role: string): Value | undefined {
    if (this.#shape.weights !== "int8") return undefined;
    const [rows] = shapeOf(role, this.#model);
    return this.#parameter(scaleKey(role), [rows!], "f32");
  }

  #parameter(key: string, shape: readonly Size[], type: string): Value {
    const known = this.#loaded.get(key);
    if (known !== undefined) return known;
    const value = { name: `@p${this.#globals.size}`, shape, type };
    this.#globals.set(key, value);
    const name = this.#builder.emit(
      `util.global.load ${value.name} : ${typeOf(value)}`,
    );
    const loaded = { ...value, name };
    this.#loaded.set(key, loaded);
    return loaded;
  }
}

function argument(name: string, shape: readonly Size[], type: string): Value {
  return { name: `%${name}`, shape, type };
}

function widen(
  element: string,
  type: string,
  emit: (operation: string) => string,
): string {
  if (type === "f32") return element;
  const operation = type === "i8" ? "sitofp" : "extf";
  return emit(`arith.${operation} ${element} : ${type} to f32`);
}
