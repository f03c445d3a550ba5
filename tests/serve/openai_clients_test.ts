// OpenAI's clients of PyPI and npm against `iree serve` with a tiny model.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { byteVocabulary } from "../language/texts.ts";
import { tinyModel, writeGguf } from "../language/tiny_models.ts";
import { inFolder } from "../language/support.ts";
import { mustRun, ROOT, test } from "../support.ts";
import { type Fields, loadOpenAi } from "./openai_peer.ts";
import { installClients } from "./python_clients.ts";
import { ServeProcess } from "./serve_process.ts";

const KEY = "sk-test";

/** Passes the base URL of a server: one answer at a time, and one that waits. */
async function withServer(act: (url: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const path = join(folder, "model.gguf");
    // Answers that are not ended take minutes.
    const config = { max_position_embeddings: 20_000 };
    await writeGguf(path, tinyModel({ config }), {
      metadata: byteVocabulary(),
    });
    const tokens = join(folder, "tokens");
    await Deno.writeTextFile(tokens, `${KEY}\n`);
    await using server = await ServeProcess.start(
      `chat=${path}`,
      ...["--device=local-sync", "--instances=1", "--max-queue=1"],
      `--auth-token-file=${tokens}`,
    );
    await act(`http://127.0.0.1:${server.port}/v1`);
    assertEquals(await server.end(), 0);
  });
}

/** A test that is ignored, with a message, where its client cannot be installed. */
function testWith(
  name: string,
  reason: string | undefined,
  body: (url: string) => Promise<void>,
): void {
  const ignored = Deno.env.has("DEV_SANITIZE")
    ? "clients take minutes under a sanitizer"
    : reason;
  if (ignored === undefined) return test(name, () => withServer(body));
  console.warn(`no client for "${name}": ${ignored}`);
  Deno.test.ignore(name, () => {});
}

const { python, reason } = await installClients(
  "tests/serve/requirements-openai.txt",
);

/** Names of errors, statuses, codes, and what is wrong. */
const ERRORS = [
  ["BadRequestError", 400, "invalid_value", "messages"],
  ["BadRequestError", 400, "invalid_value", "presence_penalty"],
  ["BadRequestError", 400, "unsupported_parameter", "n"],
  ["BadRequestError", 400, "context_length_exceeded", "messages"],
  ["BadRequestError", 400, "context_length_exceeded", "prompt"],
  ["NotFoundError", 404, "model_not_found", "model"],
  ["NotFoundError", 404, "model_not_found", "model"],
  ["NotFoundError", 404, "unknown_url", null],
  ["AuthenticationError", 401, "invalid_api_key", null],
];

testWith(
  "OpenAI's client for Python gets what it asks for",
  python === undefined ? reason : undefined,
  async (url) => {
    const script = join(ROOT, "tests/serve/openai_peer.py");
    const results = JSON.parse(await mustRun(python!, [script, url, KEY]));
    assertEquals(results, {
      models: ["chat"],
      model: "model",
      chat: ["chat.completion", "hhh", "length"],
      usage: [true, 3],
      probabilities: [["h", 2], ["h", 2], ["h", 2]],
      raw: "assistant",
      streamed: {
        roles: ["assistant"],
        text: "hhh",
        reason: "length",
        tokens: 3,
        ids: 1,
      },
      accumulated: [true, true, "stop"],
      parsed: [true, "stop"],
      completions: ["hh", "hh"],
      completionTokens: ["h", "h"],
      completionParts: "hhh",
      stopped: ["", "stop"],
      embeddings: [32, 32],
      embeddingFormats: true,
      base64: "str",
      errors: ERRORS,
      left: "h",
      busy: ["RateLimitError", 429, "rate_limit_exceeded", "length"],
    });
  },
);

const client = await loadOpenAi();

testWith(
  "OpenAI's client for JavaScript gets what it asks for",
  "reason" in client ? client.reason : undefined,
  async (url) => {
    assert("create" in client);
    const openai = client.create({ baseURL: url, apiKey: KEY, maxRetries: 0 });
    const other = client.create({ baseURL: url, apiKey: "x", maxRetries: 0 });
    const fields = {
      model: "chat",
      messages: [{ role: "user", content: "hi" }],
      temperature: 0,
      logit_bias: { 104: 100 },
    };
    const { completions } = openai.chat;
    const names = await Array.fromAsync(openai.models.list(), ({ id }) => id);
    assertEquals(names, ["chat"]);
    assertEquals((await openai.models.retrieve("chat")).object, "model");
    const whole = await completions.create({
      ...{ ...fields, max_completion_tokens: 3, logprobs: true },
    });
    const [choice] = whole.choices;
    assertEquals(choice!.message!.content, "hhh");
    assertEquals(choice!.logprobs!.content.length, 3);
    const parts = await Array.fromAsync(
      await completions.create({
        ...{ ...fields, max_tokens: 3, stream: true },
        stream_options: { include_usage: true },
      }),
    );
    assertEquals(parts.at(-1)!.usage!.completion_tokens, 3);
    const text = parts.map(({ choices: [it] }) => it?.delta?.content ?? "");
    assertEquals(text.join(""), "hhh");
    const { choices } = await openai.completions.create({
      ...{ ...fields, messages: undefined, prompt: ["ab", [99]] },
      max_tokens: 2,
    });
    assertEquals(choices.map((it) => it.text), ["hh", "hh"]);
    const described = await completions.create({
      ...{ ...fields, max_tokens: 40 },
      logit_bias: { 9: -100, 10: -100, 13: -100, 32: -100 },
      response_format: {
        type: "json_schema",
        json_schema: {
          name: "answer",
          strict: true,
          schema: {
            type: "object",
            properties: { known: { type: "boolean" } },
            required: ["known"],
            additionalProperties: false,
          },
        },
      },
    });
    const { known } = JSON.parse(described.choices[0]!.message!.content);
    assertEquals(typeof known, "boolean");
    const { data } = await openai.embeddings.create({
      model: "chat",
      input: ["hello", "low"],
    });
    assertEquals(data.map((it) => it.embedding.length), [32, 32]);
    assert(Math.abs(Math.hypot(...data[1]!.embedding) - 1) < 1e-5);
    const asks: readonly (() => Promise<unknown>)[] = [
      () => completions.create({ ...fields, messages: [] }),
      () => completions.create({ ...fields, presence_penalty: 7 }),
      () => completions.create({ ...fields, n: 2 }),
      () =>
        completions.create({
          ...fields,
          messages: [{ role: "user", content: "h".repeat(30_000) }],
        }),
      () =>
        openai.completions.create({
          model: "chat",
          prompt: "h".repeat(30_000),
        }),
      () => openai.models.retrieve("other"),
      () => openai.completions.create({ model: "other", prompt: "a" }),
      () => openai.responses.create({ model: "chat", input: "a" }),
      () => other.models.retrieve("chat"),
    ];
    const errors = [];
    for (const ask of asks) {
      const error = await assertRejects(ask) as Error & Fields;
      const { constructor: { name }, status, code, param } = error;
      errors.push([name, status, code, param]);
    }
    assertEquals(errors, ERRORS);
    // Each has the only place, so that the next one would wait for minutes.
    for (let i = 0; i < 3; i++) {
      const gone = new AbortController();
      const stream = await completions.create(
        { ...fields, stream: true },
        { signal: gone.signal },
      );
      for await (const _ of stream) gone.abort();
    }
    const aborted = new AbortController();
    const whileWaiting = completions.create(fields, {
      signal: aborted.signal,
    });
    aborted.abort();
    const error = await assertRejects(() => whileWaiting);
    assertEquals((error as Error).constructor.name, "APIUserAbortError");
    const last = await completions.create({ ...fields, max_tokens: 1 });
    assertEquals(last.choices[0]!.finish_reason, "length");
  },
);
