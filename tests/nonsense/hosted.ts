import { hostModule, load, type LoadedProgram } from "../../mod.ts";

/** A program whose host functions return what a test passes. */
export class Hosted implements Disposable {
  readonly #program: LoadedProgram;
  #value: unknown;

  /**
   * Loads the program.
   *
   * @param path Path of `host.mlir`, compiled.
   */
  constructor(path: string) {
    const call = () => this.#value as never;
    const host = hostModule("host", {
      add: { types: "(i32, i32) -> i32", call },
      mix: {
        types: "(i64, f32, f64, i1, i8) -> (i64, f32, f64, i1, i8)",
        call,
      },
      scale: { types: "(tensor<?xf32>, f32) -> tensor<?xf32>", call },
    });
    this.#program = load({
      modules: [host, path],
      device: "local-sync",
    }) as LoadedProgram;
  }

  /**
   * Calls a function of the program.
   *
   * @param value What host functions return meanwhile.
   * @param name The function.
   * @param values Its arguments.
   */
  async returning(
    value: unknown,
    name: string,
    ...values: unknown[]
  ): Promise<unknown> {
    this.#value = value;
    return await this.#program.computeAsync(name, ...values as never[]);
  }

  [Symbol.dispose](): void {
    this.#program.dispose();
  }
}
