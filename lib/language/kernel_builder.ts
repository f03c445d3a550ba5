import { type MlirBuilder, typeOf, type Value } from "./mlir_builder.ts";

// IREE makes code of tensor operations. A kernel is written with vectors instead:
// the program contains it, and the compiler translates it for the target.

/** A buffer that a kernel reads or writes. */
export interface Buffer {
  /** Its name. */
  readonly name: string;
  /** Its type, such as `memref<4xf32>`. */
  readonly type: string;
}

/** What a kernel is made from. */
export interface KernelOptions {
  /** A name; kernels with the same one are the same. */
  readonly name: string;
  /** How many times it runs, with the numbers from 0, at the same time. */
  readonly count: number;
  /** The tensors that it reads. */
  readonly inputs: readonly Value[];
  /** The tensors that it writes. */
  readonly outputs: readonly Omit<Value, "name">[];
  /** Types that buffers have inside, if they are not the tensors' own. */
  readonly views?: Readonly<Record<number, string>> | undefined;
  /** Emits the kernel. */
  body(builder: KernelBuilder, buffers: readonly Buffer[], id: string): void;
}

/** Writes the text of a kernel, one operation after another. */
export class KernelBuilder {
  readonly #lines: string[] = [];
  #count = 0;

  /** The operations so far. */
  get text(): string {
    return this.#lines.join("\n");
  }

  /** Emits an operation, and returns the name of its result. */
  emit(operation: string): string {
    const name = `%k${this.#count++}`;
    this.#lines.push(`      ${name} = ${operation}`);
    return name;
  }

  /** Emits operations without a result. */
  run(text: string): void {
    this.#lines.push(`      ${text}`);
  }

  /** An index. */
  index(value: number): string {
    return this.emit(`arith.constant ${value} : index`);
  }

  /** A vector or scalar whose elements are all the same. */
  fill(element: string, type: string): string {
    const text = type.startsWith("vector") ? `dense<${element}>` : element;
    return this.emit(`arith.constant ${text} : ${type}`);
  }

  /** A vector whose elements are all a scalar. */
  broadcast(scalar: string, type: string, to: string): string {
    return this.emit(`vector.broadcast ${scalar} : ${type} to ${to}`);
  }

  /** The same bits as elements of another type. */
  cast(vector: string, type: string, to: string): string {
    return this.emit(`vector.bitcast ${vector} : ${type} to ${to}`);
  }

  /** A vector of elements of two others. */
  shuffle(
    left: string,
    right: string,
    type: string,
    lanes: readonly number[],
  ): string {
    return this.emit(
      `vector.shuffle ${left}, ${right} [${lanes.join(", ")}] : ` +
        `${type}, ${type}`,
    );
  }

  /** The sum or the largest of a vector's elements. */
  reduce(
    kind: "add" | "maximumf",
    vector: string,
    type: string,
    to: string,
  ): string {
    return this.emit(
      `vector.reduction <${kind}>, ${vector} : ${type} into ${to}`,
    );
  }

  /** Loads a scalar. */
  load({ name, type }: Buffer, place: readonly string[]): string {
    return this.emit(`memref.load ${name}[${place.join(", ")}] : ${type}`);
  }

  /** Loads a vector. */
  loadVector(
    { name, type }: Buffer,
    place: readonly string[],
    to: string,
  ): string {
    return this.emit(
      `vector.load ${name}[${place.join(", ")}] : ${type}, ${to}`,
    );
  }

  /** Stores a scalar. */
  store(value: string, { name, type }: Buffer, place: readonly string[]): void {
    this.run(`memref.store ${value}, ${name}[${place.join(", ")}] : ${type}`);
  }

  /** Stores a vector. */
  storeVector(
    value: string,
    { name, type }: Buffer,
    place: readonly string[],
    from: string,
  ): void {
    this.run(
      `vector.store ${value}, ${name}[${place.join(", ")}] : ${type}, ${from}`,
    );
  }

  /**
   * Emits a loop.
   *
   * @param range The first index, the one after the last, and the step.
   * @param type The type of the values that each round changes.
   * @param starts What they are at first.
   * @param body Emits a round, and returns the new values.
   * @returns The last values.
   */
  loop(
    range: readonly [from: string, to: string, step: string],
    type: string,
    starts: readonly string[],
    body: (index: string, values: readonly string[]) => readonly string[],
  ): readonly string[] {
    const [from, to, step] = range;
    const index = `%k${this.#count++}`;
    const result = `%k${this.#count++}`;
    const values = starts.map(() => `%k${this.#count++}`);
    const types = starts.map(() => type).join(", ");
    const head = `scf.for ${index} = ${from} to ${to} step ${step}`;
    if (starts.length === 0) this.run(`${head} {`);
    else {
      const pairs = values.map((name, at) => `${name} = ${starts[at]}`);
      this.run(
        `${result}:${starts.length} = ${head} ` +
          `iter_args(${pairs.join(", ")}) -> (${types}) {`,
      );
    }
    const next = body(index, values);
    if (next.length > 0) this.run(`scf.yield ${next.join(", ")} : ${types}`);
    this.run("}");
    return starts.map((_, at) => `${result}#${at}`);
  }
}

/**
 * Runs a kernel in a program.
 *
 * @param b Where to.
 * @param options The kernel.
 * @returns The tensors that it writes.
 */
export function emitKernel(
  b: MlirBuilder,
  { name, count, inputs, outputs, views = {}, body }: KernelOptions,
): readonly Value[] {
  const all = [...inputs, ...outputs];
  b.declare(name, () => {
    const k = new KernelBuilder();
    const layout = layoutOf(inputs.length, outputs.length);
    const zero = k.index(0);
    const buffers = all.map((tensor, at): Buffer => {
      const type = views[at] ?? typeOf(tensor).replace("tensor", "memref");
      const text = `hal.interface.binding.subspan layout(${layout}) ` +
        `binding(${at}) alignment(64) offset(${zero}) : ${type}`;
      return { name: k.emit(text), type };
    });
    body(k, buffers, k.emit("hal.interface.workgroup.id[0] : index"));
    return [
      `  hal.executable.source private @${name} {`,
      `    hal.executable.export public @${name} ordinal(0) layout(${layout})`,
      "        count(%device: !hal.device) -> (index, index, index) {",
      `      %count = arith.constant ${count} : index`,
      "      %one = arith.constant 1 : index",
      "      hal.return %count, %one, %one : index, index, index",
      "    }",
      "    builtin.module {",
      `    func.func @${name}() {`,
      k.text,
      "      return",
      "    }",
      "    }",
      "  }",
    ].join("\n");
  });
  const types = (tensors: readonly Omit<Value, "name">[]) =>
    tensors.map(typeOf).join(", ");
  const results = b.emitAll(
    outputs.length,
    `flow.dispatch @${name}::@${name}(${
      inputs.map((it) => it.name).join(", ")
    }) ` +
      `: (${types(inputs)}) -> (${types(outputs)})`,
  );
  return outputs.map((output, at) => ({ ...output, name: results[at]! }));
}

function layoutOf(inputs: number, outputs: number): string {
  const binding = "#hal.pipeline.binding<storage_buffer";
  const bindings = [
    ...new Array<string>(inputs).fill(`${binding}, ReadOnly>`),
    ...new Array<string>(outputs).fill(`${binding}>`),
  ];
  return `#hal.pipeline.layout<bindings = [${bindings.join(", ")}]>`;
}
