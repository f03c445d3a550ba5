import {
  type Configuration,
  joinedRoles,
  shapeOf,
  typeOfRole,
  type WeightType,
} from "./configuration.ts";
import { BLOCK, emitAttention } from "./attention.ts";
import { emitBlockProduct, emitBlockRows } from "./block_product.ts";
import { blockedShape } from "./blocks.ts";
import type { DotKind } from "./dot_products.ts";
import { emitIntegerProduct, emitIntegerRows } from "./integer_product.ts";
import {
  decimal,
  type Elements,
  MlirBuilder,
  type Size,
  typeOf,
  type Value,
} from "./mlir_builder.ts";
import { TILE_COLUMNS, TILE_ROWS, tiledShape } from "./tiles.ts";

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
  /** How products of blocks are computed. */
  readonly dots: DotKind;
  /** Roles of the tensors that the model has. */
  readonly roles: ReadonlySet<string>;
}

/** Element types of matrices in MLIR. */
const MLIR_TYPES: Readonly<Record<WeightType, string>> = {
  f32: "f32",
  f16: "f16",
  bf16: "bf16",
  int8: "i8",
  int4: "i8",
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
      ...this.#builder.declarations,
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
      const kinds = ["query", "key", "value"] as const;
      const [query, key, value] = this.#multiply(
        state,
        kinds.map((kind) => `${layer}.${kind}`),
        `${layer}.attentionNorm`,
      ).map((flat, at) => this.#heads(flat, layer, kinds[at]!, angles)) as [
        Value,
        Value,
        Value,
      ];
      [key, value].forEach((part, at) => {
        const sizes = [batch, 1, 1, chunk, keyHeads, headSize];
        rows = b.insert(part, rows, [0, layer, at, 0, 0, 0], sizes);
      });
      const mixed = emitAttention(b, this.#model, {
        ...{ query, key, value, positions, caches },
        layer,
      });
      state = this.#add(state, mixed, `${layer}.attention`);
      state = this.#add(state, this.#gate(state, layer), `${layer}.down`);
    }
    const final = this.#norm(state, "outputNorm");
    const states = b.expand(final, [[batch, chunk], [hidden]]);
    const ends = this.#pick(states, last);
    const output = this.#shape.roles.has("output") ? "output" : "embedding";
    const [logits] = this.#multiply(ends, [output]);
    return [logits!, states, rows];
  }

  // The vectors of tokens, a row for each.
  #embed(tokens: Value): Value {
    const { batch, chunk } = this.#shape;
    const b = this.#builder;
    const table = this.#weight("embedding");
    const flat = b.collapse(tokens, [[batch, chunk]]);
    const { hidden } = this.#model;
    const width = b.empty([hidden]);
    return b.compute("r,k->rk", [flat, width], ({ inputs, index, emit }) => {
      const token = emit(`arith.index_cast ${inputs[0]} : i32 to index`);
      if (table.type === "i8") return this.#element(token, index("k"), emit);
      const element = emit(
        `tensor.extract ${table.name}[${token}, ${index("k")}] : ` +
          typeOf(table),
      );
      return widen(element, table.type, emit);
    });
  }

  // An element of the table of tokens, of integers in tiles.
  #element(token: string, column: string, emit: Elements["emit"]): string {
    const table = this.#weight("embedding");
    const scale = this.#scale("embedding");
    const split = (index: string, by: number): [string, string] => {
      const size = this.#builder.constant(`${by}`, "index");
      return [
        emit(`arith.divui ${index}, ${size} : index`),
        emit(`arith.remui ${index}, ${size} : index`),
      ];
    };
    const [tile, row] = split(token, TILE_ROWS);
    const [pair, place] = split(column, TILE_COLUMNS);
    const element = emit(
      `tensor.extract ${table.name}[${tile}, ${pair}, ${row}, ${place}] : ` +
        typeOf(table),
    );
    const factor = emit(
      `tensor.extract ${scale.name}[${tile}, ${row}] : ${typeOf(scale)}`,
    );
    const number = widen(element, table.type, emit);
    return emit(`arith.mulf ${number}, ${factor} : f32`);
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
  #heads(
    flat: Value,
    layer: number,
    kind: "query" | "key" | "value",
    angles: Value,
  ): Value {
    const { batch, chunk } = this.#shape;
    const { heads, keyHeads, headSize } = this.#model;
    const count = kind === "query" ? heads : keyHeads;
    let value = this.#builder.expand(flat, [[batch, chunk], [count, headSize]]);
    if (this.#shape.roles.has(`${layer}.${kind}Norm`)) {
      value = this.#normalize(value, `${layer}.${kind}Norm`, "nma", "d");
    }
    return kind === "value" ? value : this.#rotate(value, angles);
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

  // What the last matrix of a layer is multiplied with.
  #gate(state: Value, layer: number): Value {
    const [gate, up] = this.#multiply(
      state,
      [`${layer}.gate`, `${layer}.up`],
      `${layer}.forwardNorm`,
    ) as [Value, Value];
    const one = this.#builder.constant("1.0", "f32");
    return this.#builder.compute("rk,rk->rk", [gate, up], (
      { inputs: [x, y], emit },
    ) => {
      const negative = emit(`arith.negf ${x} : f32`);
      const power = emit(`math.exp ${negative} : f32`);
      const below = emit(`arith.addf ${power}, ${one} : f32`);
      const activated = emit(`arith.divf ${x}, ${below} : f32`);
      return emit(`arith.mulf ${activated}, ${y} : f32`);
    });
  }

  // Products of rows, which may first be normalized, with matrices that are stored
  // together as integers; and their biases.
  #multiply(rows: Value, roles: readonly string[], norm?: string): Value[] {
    const b = this.#builder;
    const [role] = roles as [string];
    const type = this.#type(role);
    if (type !== "int8" && type !== "int4") {
      const normal = norm === undefined ? rows : this.#norm(rows, norm);
      return roles.map((role) => this.#bias(this.#product(normal, role), role));
    }
    const all = this.#multiplyIntegers(rows, role, { norm });
    let start = 0;
    return roles.map((role) => {
      const [size] = shapeOf(role, this.#model) as [number];
      const part = b.columns(all, start, size);
      start += Math.ceil(size / TILE_ROWS) * TILE_ROWS;
      return this.#bias(part, role);
    });
  }

  // Adds the product of rows with a matrix.
  #add(state: Value, rows: Value, role: string): Value {
    const b = this.#builder;
    const type = this.#type(role);
    if (type !== "int8" && type !== "int4") {
      const product = this.#bias(this.#product(rows, role), role);
      return b.compute("rk,rk->rk", [state, product], (
        { inputs: [x, y], emit },
      ) => emit(`arith.addf ${x}, ${y} : f32`));
    }
    const sum = this.#multiplyIntegers(rows, role, { plus: state });
    return this.#bias(b.columns(sum, 0, state.shape[1] as number), role);
  }

  // The product of rows, which may first be normalized, with matrices of integers.
  #multiplyIntegers(
    rows: Value,
    role: string,
    { norm, plus }: {
      readonly norm?: string | undefined;
      readonly plus?: Value;
    },
  ): Value {
    const b = this.#builder;
    const { epsilon } = this.#model;
    const normalization = norm === undefined
      ? undefined
      : { weight: this.#weight(norm), epsilon };
    // Programs are found by their text, so its order stays as it is.
    if (this.#type(role) === "int4") {
      const matrix = this.#weight(role);
      const integers = emitBlockRows(b, rows, normalization);
      return emitBlockProduct(b, integers, matrix, this.#shape.dots, plus);
    }
    const integers = emitIntegerRows(b, rows, normalization);
    const [matrix, scales] = [this.#weight(role), this.#scale(role)];
    return emitIntegerProduct(b, integers, matrix, scales, plus);
  }

  #type(role: string): WeightType {
    return typeOfRole(role, this.#shape.weights);
  }

  #product(rows: Value, role: string): Value {
    const weight = this.#weight(role);
    return this.#builder.compute(
      "rk,nk->rn",
      [rows, weight],
      ({ inputs: [x, y], sum, emit }) => {
        const wide = widen(y!, weight.type, emit);
        const product = emit(`arith.mulf ${x}, ${wide} : f32`);
        return emit(`arith.addf ${sum}, ${product} : f32`);
      },
    );
  }

  // Adds the bias of a matrix, if it has one.
  #bias(value: Value, role: string): Value {
    const bias = `${role}Bias`;
    if (!this.#shape.roles.has(bias)) return value;
    return this.#builder.compute("rn,n->rn", [value, this.#weight(bias)], (
      { inputs: [x, y], emit },
    ) => emit(`arith.addf ${x}, ${y} : f32`));
  }

  #weight(role: string): Value {
    const shape = shapeOf(role, this.#model);
    const type = this.#type(role);
    const element = MLIR_TYPES[type];
    if (element !== "i8") return this.#parameter(role, shape, element);
    const [, ...tile] = type === "int8"
      ? tiledShape(shape)
      : blockedShape(shape);
    return this.#parameter(role, [this.#tileCount(role), ...tile], element);
  }

  // The scales of the rows of a matrix of integers.
  #scale(role: string): Value {
    const shape = [this.#tileCount(role), TILE_ROWS];
    return this.#parameter(scaleKey(role), shape, "f32");
  }

  #tileCount(role: string): number {
    const counts = joinedRoles(role).map((it) =>
      tiledShape(shapeOf(it, this.#model))[0]
    );
    return counts.reduce((left, right) => left + right, 0);
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
