import { actionCommand } from "../common/actions.ts";
import type { Command } from "../common/command.ts";
import { CONVERT } from "./convert.ts";
import { CREATE } from "./create.ts";
import { DUMP } from "./dump.ts";
import { ENCODE } from "./encode.ts";

/** `iree parameters`. */
export const PARAMETERS: Command = actionCommand({
  name: "parameters",
  summary: "lists, converts, creates and encodes parameter files",
  actions: { dump: DUMP, convert: CONVERT, create: CREATE, encode: ENCODE },
  intro: `Lists, converts, creates and encodes parameter files.

Usage: iree parameters ACTION [FLAGS]
`,
});
