// Tensor operations are written like Einstein sums: `rk,nk->rn` multiplies two
// matrices. Letters that the result does not have are summed over.

/** A dimension's size; the program's caller determines that of `?`. */
export type Size = number | "?";

/** A tensor of a program. */
export interface Value {
  /** Its name, such as `%12`. */
  readonly name: string;
  /** Its dimensions. */
  readonly shape: readonly Size[];
  /** Its element type, such as `f32`. */
  readonly type: string;
  /** The name of the index that is the size of `?`, if it has one. */
  readonly dynamic?: string | undefined;
}

/** Elements that the body of an operation has, and the letters' indices. */
export interface Elements {
  /** The inputs' elements, in order. */
  readonly inputs: readonly string[];
  /** The sum so far; only for reductions. */
  readonly sum: string;
  /** Returns the index of a letter. */
  index(letter: string): string;
  /** Emits an operation, and returns the name of its result. */
  emit(operation: string): string;
}

/** Options of a computed tensor. */
export interface ComputeOptions {
  /** What a reduction starts with. */
  readonly start?: string | undefined;
  /** A tensor that it adds to, in place of the start. */
  readonly into?: Value | undefined;
  /** The element type of the result. */
  readonly type?: string | undefined;
  /** Sizes of letters that no input has. */
  readonly sizes?: Readonly<Record<string, number>> | undefined;
}

/** How a reduction begins. */
export const ZERO = "0.0";
/** Less than any score, and not infinite: differences of it are numbers. */
export const LOWEST = "-1.0e+30";

/** Writes the text of a function, one operation after another. */
export class MlirBuilder {
  readonly #lines: string[] = [];
  readonly #constants = new Map<string, string>();
  readonly #hidden = new Map<string, string>();
  readonly #declarations = new Map<string, string>();
  #count = 0;

  /** The operations so far. */
  get text(): string {
    return this.#lines.join("\n");
  }

  /** What the program has besides the function. */
  get declarations(): readonly string[] {
    return [...this.#declarations.values()];
  }

  /** Emits an operation, and returns the name of its result. */
  emit(operation: string): string {
    const name = `%v${this.#count++}`;
    this.#lines.push(`    ${name} = ${operation}`);
    return name;
  }

  /** Emits an operation with several results, and returns their names. */
  emitAll(count: number, operation: string): readonly string[] {
    const name = `%v${this.#count++}`;
    this.#lines.push(`    ${name}:${count} = ${operation}`);
    return Array.from({ length: count }, (_, at) => `${name}#${at}`);
  }

  /** Adds something that the program has besides the function, once. */
  declare(name: string, text: () => string): void {
    if (!this.#declarations.has(name)) this.#declarations.set(name, text());
  }

  /** A constant, emitted once. */
  constant(text: string, type: string): string {
    const key = `${text} : ${type}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.emit(`arith.constant ${key}`);
    this.#constants.set(key, name);
    return name;
  }

  /**
   * Computes a tensor.
   *
   * @param spec The letters of the inputs and of the result.
   * @param inputs The inputs.
   * @param body Emits the element's operations, and returns its name.
   * @param options What a reduction starts with, and what inputs do not determine.
   */
  compute(
    spec: string,
    inputs: readonly Value[],
    body: (elements: Elements) => string,
    { start = ZERO, into, type = "f32", sizes: more = {} }: ComputeOptions = {},
  ): Value {
    const [left, result] = spec.split("->") as [string, string];
    const parts = left.split(",");
    const sizes = sizesOf(parts, inputs, more);
    const loops = [
      ...result,
      ...[...sizes.keys()].filter((letter) => !result.includes(letter)),
    ];
    const shape = [...result].map((letter) => sizes.get(letter)!);
    const dynamic = shape.includes("?")
      ? inputs.find((input) => input.dynamic !== undefined)?.dynamic
      : undefined;
    const output = { name: "", shape, type, dynamic };
    const isSum = loops.length > result.length;
    const begin = into ?? this.empty(shape, { dynamic, type });
    const filled = isSum && into === undefined
      ? this.#fill(start, begin)
      : begin;
    const { lines, value } = this.#body(
      loops,
      inputs,
      { type, isSum },
      body,
    );
    const maps = [...parts, result].map((letters) =>
      `affine_map<(${loops.join(", ")}) -> (${[...letters].join(", ")})>`
    );
    const kinds = loops.map((_, at) =>
      at < result.length ? '"parallel"' : '"reduction"'
    );
    const ins = inputs.length === 0
      ? ""
      : ` ins(${inputs.map(({ name }) => name).join(", ")} : ${
        inputs.map(typeOf).join(", ")
      })`;
    const name = this.emit(
      `linalg.generic {indexing_maps = [${maps.join(", ")}], ` +
        `iterator_types = [${kinds.join(", ")}]}${ins} ` +
        `outs(${filled.name} : ${typeOf(output)}) {\n${lines}\n` +
        `      linalg.yield ${value} : ${type}\n    } -> ${typeOf(output)}`,
    );
    return { ...output, name };
  }

  /**
   * An index that the compiler does not know, so that operations that differ only
   * in it are compiled once. The same for the same use: the compiler takes minutes
   * for many of them.
   *
   * @param use What it is an index of.
   * @param index The index.
   */
  hidden(use: "layer" | "row", index: number): string {
    const key = `${use} ${index}`;
    const known = this.#hidden.get(key);
    if (known !== undefined) return known;
    const constant = this.constant(`${index}`, "index");
    const name = this.emit(`util.optimization_barrier ${constant} : index`);
    this.#hidden.set(key, name);
    return name;
  }

  /** A tensor without contents. */
  empty(
    shape: readonly Size[],
    { dynamic, type = "f32" }: Partial<Pick<Value, "dynamic" | "type">> = {},
  ): Value {
    const value = { name: "", shape, type, dynamic };
    return {
      ...value,
      name: this.emit(`tensor.empty(${dynamic ?? ""}) : ${typeOf(value)}`),
    };
  }

  /**
   * Takes part of a tensor.
   *
   * @param value The tensor.
   * @param offsets First index in each dimension.
   * @param sizes Sizes in each dimension.
   * @param shape The result's shape, without some dimensions of size 1.
   */
  slice(
    value: Value,
    offsets: readonly (number | string)[],
    sizes: readonly Size[],
    shape: readonly Size[],
  ): Value {
    const result = { ...value, shape };
    return {
      ...result,
      name: this.emit(
        `tensor.extract_slice ${value.name}${
          place(offsets, sizes, value.dynamic)
        } : ` +
          `${typeOf(value)} to ${typeOf(result)}`,
      ),
    };
  }

  /** Replaces part of a tensor. */
  insert(
    part: Value,
    into: Value,
    offsets: readonly number[],
    sizes: readonly Size[],
  ): Value {
    return {
      ...into,
      name: this.emit(
        `tensor.insert_slice ${part.name} into ${into.name}` +
          `${place(offsets, sizes, into.dynamic)} : ${typeOf(part)} into ${
            typeOf(into)
          }`,
      ),
    };
  }

  /** Adds zeros at the ends. */
  pad(value: Value, shape: readonly number[]): Value {
    if (shape.every((size, at) => size === value.shape[at])) return value;
    const zeros = this.fill("0.0", shape);
    return this.insert(value, zeros, shape.map(() => 0), value.shape);
  }

  /** The part of a tensor with one index of the first dimension. */
  row(value: Value, index: number): Value {
    const [count, ...inner] = value.shape;
    if (count === 1) return value;
    const sizes = [1, ...inner];
    const offsets = [this.hidden("row", index), ...inner.map(() => 0)];
    return this.slice(value, offsets, sizes, sizes);
  }

  /**
   * Takes columns of a matrix.
   *
   * @param value The matrix.
   * @param start The first column.
   * @param count How many columns.
   * @param rows How many of the rows.
   */
  columns(value: Value, start: number, count: number, rows?: number): Value {
    const shape = [rows ?? value.shape[0]!, count];
    if (shape.every((size, at) => size === value.shape[at])) return value;
    return this.slice(value, [0, start], shape, shape);
  }

  /** Joins tensors with one index of the first dimension. */
  join(rows: readonly Value[]): Value {
    const [first] = rows;
    if (rows.length === 1) return first!;
    const inner = first!.shape.slice(1);
    const whole = this.empty([rows.length, ...inner]);
    return rows.reduce(
      (into, row, at) =>
        this.insert(row, into, [at, ...inner.map(() => 0)], [1, ...inner]),
      whole,
    );
  }

  /** Splits dimensions: each group has the sizes of one. */
  expand(value: Value, groups: readonly (readonly number[])[]): Value {
    const result = { ...value, shape: groups.flat() };
    return {
      ...result,
      name: this.emit(
        `tensor.expand_shape ${value.name} ${association(groups)} ` +
          `output_shape [${result.shape.join(", ")}] : ${typeOf(value)} into ${
            typeOf(result)
          }`,
      ),
    };
  }

  /** Joins dimensions: each group becomes one. */
  collapse(value: Value, groups: readonly (readonly number[])[]): Value {
    const shape = groups.map((sizes) =>
      sizes.reduce((left, right) => left * right, 1)
    );
    const result = { ...value, shape };
    return {
      ...result,
      name: this.emit(
        `tensor.collapse_shape ${value.name} ${association(groups)} : ` +
          `${typeOf(value)} into ${typeOf(result)}`,
      ),
    };
  }

  /**
   * A tensor whose elements are all the same.
   *
   * @param element The element.
   * @param shape The sizes.
   * @param type The element type.
   */
  fill(element: string, shape: readonly Size[], type: string = "f32"): Value {
    return this.#fill(element, this.empty(shape, { type }));
  }

  #fill(start: string, into: Value): Value {
    const scalar = this.constant(start, into.type);
    return {
      ...into,
      name: this.emit(
        `linalg.fill ins(${scalar} : ${into.type}) outs(${into.name} : ${
          typeOf(into)
        }) -> ${typeOf(into)}`,
      ),
    };
  }

  #body(
    loops: readonly string[],
    inputs: readonly Value[],
    { type, isSum }: { readonly type: string; readonly isSum: boolean },
    body: (elements: Elements) => string,
  ): { readonly lines: string; readonly value: string } {
    const lines: string[] = [];
    const emit = (operation: string) => {
      const name = `%v${this.#count++}`;
      lines.push(`      ${name} = ${operation}`);
      return name;
    };
    const names = inputs.map(() => `%e${this.#count++}`);
    const sum = `%e${this.#count++}`;
    const heads = names.map((name, at) => `${name}: ${inputs[at]!.type}`);
    const value = body({
      inputs: names,
      sum: isSum ? sum : "",
      index: (letter) => emit(`linalg.index ${loops.indexOf(letter)} : index`),
      emit,
    });
    const head = `    ^bb0(${[...heads, `${sum}: ${type}`].join(", ")}):`;
    return { lines: [head, ...lines].join("\n"), value };
  }
}

/** A decimal number as MLIR reads it, with a point. */
export function decimal(value: number): string {
  return value.toExponential(16).replace("e", "E");
}

/** The text of a tensor's type. */
export function typeOf({ shape, type }: Omit<Value, "name">): string {
  return `tensor<${[...shape, type].join("x")}>`;
}

function sizesOf(
  parts: readonly string[],
  inputs: readonly Value[],
  more: Readonly<Record<string, number>>,
): Map<string, Size> {
  const sizes = new Map<string, Size>(Object.entries(more));
  parts.forEach((letters, at) =>
    [...letters].forEach((letter, dimension) =>
      sizes.set(letter, inputs[at]!.shape[dimension]!)
    )
  );
  return sizes;
}

function association(groups: readonly (readonly unknown[])[]): string {
  let next = 0;
  const texts = groups.map((group) =>
    `[${group.map(() => next++).join(", ")}]`
  );
  return `[${texts.join(", ")}]`;
}

function place(
  offsets: readonly (number | string)[],
  sizes: readonly Size[],
  dynamic: string | undefined,
): string {
  const names = sizes.map((size) => size === "?" ? dynamic : size);
  const strides = sizes.map(() => 1);
  return `[${offsets.join(", ")}] [${names.join(", ")}] [${
    strides.join(", ")
  }]`;
}
