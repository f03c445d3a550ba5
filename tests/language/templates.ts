/**
 * Chat templates in Jinja, which a package of a registry renders.
 *
 * @module
 */

import { test } from "../support.ts";

/** Why templates cannot be rendered: no registry is reached. */
const reason = await import(`npm:@huggingface/jinja@${0.5}`).then(
  () => undefined,
  (error) => String(error),
);

/** A test that is ignored, with a message, where no registry can be reached. */
export function testWithTemplates(
  name: string,
  body: () => Promise<void>,
): void {
  if (reason === undefined) return test(name, body);
  console.warn(`no templates for "${name}": ${reason}`);
  Deno.test.ignore(name, body);
}
