import { formatCounts, readCounts } from "../run/summary.ts";
import { print } from "./print.ts";

/**
 * Runs `deno test`, and prints how many tests passed and failed after its output.
 *
 * @param program The program.
 * @param options Its arguments and environment.
 * @returns The exit status.
 */
export async function runCounted(
  program: string,
  options: Omit<Deno.CommandOptions, "stdout">,
): Promise<number> {
  const child = new Deno.Command(program, { ...options, stdout: "piped" })
    .spawn();
  let text = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    print(part);
    text += part;
  }
  const { code } = await child.status;
  console.log(formatCounts(readCounts(text, code)));
  return code;
}
