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

/** How a reduction begins. */
export const ZERO = "0.0";
/** Less than any score, and not infinite: differences of it are numbers. */
export const LOWEST = "-1.0e+30";

/** Writes the text of a function, one operation after another. */
export class MlirBuilder {
  readonly #lines: string[] = [];
  readonly #constants = new Map<string, string>();
  readonly #dynamic: string;
  #count = 0;

  /**
   * @param dynamic The name of the index that is the size of `?`.
   */
  constructor(dynamic: string) {
    this.#dynamic = dynamic;
  }

  /** The operations so far. */
  get text(): string {
    return this.#lines.join("\n");
  }

  /** Emits an operation, and returns the name of its result. */
  emit(operation: string): string {
    const name = `%v${this.#count++}`;
    this.#lines.push(`    ${name} = ${operation}`);
    return name;
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
   * @param start What a reduction starts with.
   */
  compute(
    spec: string,
    inputs: readonly Value[],
    body: (elements: Elements) => string,
    start: string = ZERO,
  ): Value {
    const [left, result] = spec.split("->") as [string, string];
    const parts = left.split(",");
    const sizes = sizesOf(parts, inputs);
    const loops = [
      ...result,
      ...[...sizes.keys()].filter((letter) => !result.includes(letter)),
    ];
    const shape = [...result].map((letter) => sizes.get(letter)!);
    const output = { name: "", shape, type: "f32" };
    const isSum = loops.length > result.length;
    const begin = this.empty(shape);
    const filled = isSum ? this.#fill(start, begin) : begin;
    const { lines, value } = this.#body(loops, inputs, isSum, body);
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
        `      linalg.yield ${value} : f32\n    } -> ${typeOf(output)}`,
    );
    return { ...output, name };
  }

  /**
   * An index that the compiler does not know, so that operations that differ only
   * in it are compiled once.
   */
  hidden(index: number): string {
    const constant = this.constant(`${index}`, "index");
    return this.emit(`util.optimization_barrier ${constant} : index`);
  }

  /** A tensor without contents. */
  empty(shape: readonly Size[]): Value {
    const value = { name: "", shape, type: "f32" };
    const sizes = shape.includes("?") ? this.#dynamic : "";
    return {
      ...value,
      name: this.emit(`tensor.empty(${sizes}) : ${typeOf(value)}`),
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
        `tensor.extract_slice ${value.name}${this.#place(offsets, sizes)} : ` +
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
          `${this.#place(offsets, sizes)} : ${typeOf(part)} into ${
            typeOf(into)
          }`,
      ),
    };
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

  #fill(start: string, into: Value): Value {
    const scalar = this.constant(start, "f32");
    return {
      ...into,
      name: this.emit(
        `linalg.fill ins(${scalar} : f32) outs(${into.name} : ${
          typeOf(into)
        }) -> ${typeOf(into)}`,
      ),
    };
  }

  #place(
    offsets: readonly (number | string)[],
    sizes: readonly Size[],
  ): string {
    const names = sizes.map((size) => size === "?" ? this.#dynamic : size);
    const strides = sizes.map(() => 1);
    return `[${offsets.join(", ")}] [${names.join(", ")}] [${
      strides.join(", ")
    }]`;
  }

  #body(
    loops: readonly string[],
    inputs: readonly Value[],
    isSum: boolean,
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
    const head = `    ^bb0(${[...heads, `${sum}: f32`].join(", ")}):`;
    return { lines: [head, ...lines].join("\n"), value };
  }
}

/** The text of a tensor's type. */
export function typeOf({ shape, type }: Omit<Value, "name">): string {
  return `tensor<${[...shape, type].join("x")}>`;
}

function sizesOf(
  parts: readonly string[],
  inputs: readonly Value[],
): Map<string, Size> {
  const sizes = new Map<string, Size>();
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
