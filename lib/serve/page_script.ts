/**
 * The script of the server's page, in JavaScript as browsers run it. It uses only
 * the protocol, and shows texts of the server only as text.
 */
export const PAGE_SCRIPT: string = String.raw`
/** @typedef {{ name: string, datatype: string, shape: number[] }} Tensor */
/** @typedef {{ name: string, versions: string[], inputs: Tensor[], outputs: Tensor[] }} Model */
/** @typedef {Tensor & { data: (string | boolean)[] }} Output */
/** @typedef {{ width: number, height: number, channels: number, isPlanar: boolean, most: number }} Picture */

/** The most elements of an output that are shown in rows. */
const MOST_SHOWN = 1000;

let token = "";

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/**
 * Creates an element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} properties
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
function element(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/**
 * @param {string} text
 * @param {HTMLElement} control
 */
function labelled(text, control) {
  return element("label", {}, text + " ", control);
}

/**
 * Sends a request; returns the text of the answer.
 * @param {string} path
 * @param {string} [body]
 */
async function send(path, body) {
  /** @type {Record<string, string>} */
  const headers = token === "" ? {} : { authorization: "Bearer " + token };
  const response = await fetch(path, body === undefined
    ? { headers }
    : { method: "POST", headers, body });
  if (response.status === 401) {
    byId("token").hidden = false;
    byId("models").replaceChildren();
  }
  const text = await response.text();
  if (response.ok) return text;
  throw new Error(response.status + " " + errorOf(text));
}

/** @param {string} text */
function errorOf(text) {
  try {
    return JSON.parse(text).error ?? text;
  } catch {
    return text;
  }
}

/** @param {Model} model */
function pathOf(model) {
  return "v2/models/" + encodeURIComponent(model.name);
}

/** @param {readonly number[]} shape */
function sizeOf(shape) {
  return shape.reduce((size, dim) => size * dim, 1);
}

/** @param {Tensor} tensor */
function describe({ name, datatype, shape }) {
  const dims = shape.map((dim) => dim < 0 ? "?" : dim).join(", ");
  return name + ": " + datatype + " [" + dims + "]";
}

// Values of an input are written as text, which becomes the request as it is: a
// number keeps all of its digits.

/**
 * @param {Tensor} tensor
 * @param {number[]} shape
 * @param {string} text
 */
function dataText({ datatype }, shape, text) {
  const trimmed = text.trim();
  if (trimmed.startsWith("[")) return trimmed;
  if (trimmed === "") {
    const zero = { BYTES: '""', BOOL: "false" }[datatype] ?? "0";
    return "[" + Array(sizeOf(shape)).fill(zero).join(",") + "]";
  }
  if (datatype !== "BYTES") return "[" + trimmed.split(/[\s,;]+/).join(",") + "]";
  return JSON.stringify(text.replace(/\n$/, "").split("\n"));
}

/**
 * How an input can be an image; undefined if its shape is not that of one.
 * @param {Tensor} tensor
 * @returns {Picture | undefined}
 */
function pictureOf({ datatype, shape }) {
  if (!/^(UINT8|FP16|FP32|FP64)$/.test(datatype)) return undefined;
  const isBatch = shape.length > 2 && (shape[0] === 1 || shape[0] < 0);
  const dims = isBatch && shape.length !== 3 ? shape.slice(1) : shape;
  const most = datatype === "UINT8" ? 255 : 1;
  const isSide = (/** @type {number} */ dim) => dim >= 8 && dim <= 1024;
  const isDepth = (/** @type {number} */ dim) => dim === 1 || dim === 3;
  const [a = 0, b = 0, c = 0] = dims;
  if (dims.length === 2 && isSide(a) && a === b) {
    return { width: b, height: a, channels: 1, isPlanar: true, most };
  }
  if (dims.length !== 3) return undefined;
  if (isSide(b) && isSide(c) && (isDepth(a) || a < 0)) {
    return { width: c, height: b, channels: Math.max(a, 1), isPlanar: true, most };
  }
  return isSide(a) && isSide(b) && isDepth(c)
    ? { width: b, height: a, channels: c, isPlanar: false, most }
    : undefined;
}

/**
 * A canvas to draw on or to show an image, whose pixels become the values.
 * @param {Picture} picture
 * @param {(text: string) => void} use
 */
function drawing({ width, height, channels, isPlanar, most }, use) {
  const canvas = element("canvas", { width, height });
  const context = /** @type {CanvasRenderingContext2D} */ (
    canvas.getContext("2d", { willReadFrequently: true })
  );
  const range = element(
    "select",
    {},
    element("option", { value: "1" }, "0 to 1"),
    element("option", { value: "255" }, "0 to 255"),
  );
  range.value = String(most);

  const clear = () => {
    context.fillStyle = "black";
    context.fillRect(0, 0, width, height);
  };
  const read = () => {
    const { data } = context.getImageData(0, 0, width, height);
    const scale = range.value === "1" ? 255 : 1;
    const count = width * height;
    /** @type {number[]} */
    const values = Array(count * channels);
    for (let at = 0; at < count; at++) {
      const [red, green, blue] = data.subarray(4 * at, 4 * at + 3);
      const pixel = channels === 3
        ? [red, green, blue]
        : [Math.round(0.299 * red + 0.587 * green + 0.114 * blue)];
      for (let channel = 0; channel < channels; channel++) {
        const to = isPlanar ? channel * count + at : at * channels + channel;
        values[to] = pixel[channel] / scale;
      }
    }
    use(values.map((it) => String(Number(it.toFixed(4)))).join(" "));
  };

  const failure = element("p", { className: "error" });
  const file = element("input", { type: "file", accept: "image/*" });
  file.addEventListener("change", async () => {
    const [chosen] = file.files ?? [];
    if (chosen === undefined) return;
    failure.textContent = "";
    try {
      const image = await createImageBitmap(chosen);
      clear();
      context.drawImage(image, 0, 0, width, height);
      read();
    } catch {
      failure.textContent = chosen.name + " is not an image.";
    }
  });
  /** @param {PointerEvent} event */
  const draw = (event) => {
    if (event.buttons === 0) return;
    const scale = width / canvas.clientWidth;
    context.lineWidth = Math.max(1, width / 12);
    context.lineCap = "round";
    context.strokeStyle = "white";
    context.beginPath();
    context.moveTo(
      (event.offsetX - event.movementX) * scale,
      (event.offsetY - event.movementY) * scale,
    );
    context.lineTo(event.offsetX * scale, event.offsetY * scale + 0.01);
    context.stroke();
  };
  canvas.addEventListener("pointerdown", draw);
  canvas.addEventListener("pointermove", draw);
  canvas.addEventListener("pointerup", read);
  range.addEventListener("change", read);
  const reset = element("button", { type: "button" }, "Clear");
  reset.addEventListener("click", () => {
    clear();
    use("");
  });
  clear();
  return element(
    "div",
    { className: "drawing" },
    canvas,
    element(
      "div",
      {},
      element("p", {}, "Draw, or choose an image."),
      labelled("Image", file),
      labelled("Values", range),
      reset,
      failure,
    ),
  );
}

/**
 * The fields of an input.
 * @param {Tensor} tensor
 */
function inputFields(tensor) {
  const dims = tensor.shape.map((dim, axis) => {
    if (dim >= 0) return undefined;
    const field = element("input", { type: "number", min: "0", value: "1" });
    field.setAttribute("aria-label", tensor.name + ", dimension " + axis);
    return field;
  });
  const values = element("textarea", {
    rows: 3,
    placeholder: tensor.datatype === "BYTES"
      ? "a text per line, or a JSON array; nothing for empty texts"
      : "numbers, or a JSON array; nothing for zeros",
    spellcheck: false,
  });
  values.setAttribute("aria-label", tensor.name);
  const fieldset = element(
    "fieldset",
    {},
    element("legend", {}, describe(tensor)),
  );
  const free = dims.flatMap((field, axis) =>
    field === undefined ? [] : [labelled("Dimension " + axis, field)]
  );
  if (free.length > 0) fieldset.append(element("div", {}, ...free));
  const picture = pictureOf(tensor);
  if (picture !== undefined) {
    fieldset.append(drawing(picture, (text) => values.value = text));
  }
  fieldset.append(values);
  const json = () => {
    const shape = tensor.shape.map((dim, axis) => {
      const field = dims[axis];
      return field === undefined ? dim : Number(field.value);
    });
    return '{"name":' + JSON.stringify(tensor.name) +
      ',"datatype":' + JSON.stringify(tensor.datatype) +
      ',"shape":' + JSON.stringify(shape) +
      ',"data":' + dataText(tensor, shape, values.value) + "}";
  };
  return { fieldset, json };
}

/**
 * @param {string} title
 * @param {string} text
 */
function folded(title, text) {
  return element(
    "details",
    {},
    element("summary", {}, title),
    element("pre", {}, text),
  );
}

/** @param {Output} output */
function outputRows({ name, datatype, shape, data }) {
  const shown = data.slice(0, MOST_SHOWN).map((value) =>
    datatype === "BYTES" ? JSON.stringify(value) : String(value)
  );
  const length = shape.length > 1 ? shape[shape.length - 1] : shown.length;
  const rows = [];
  for (let at = 0; at < shown.length; at += Math.max(length, 1)) {
    rows.push(shown.slice(at, at + Math.max(length, 1)).join(", "));
  }
  if (data.length > shown.length) {
    rows.push("… " + (data.length - shown.length) + " more");
  }
  return element(
    "div",
    {},
    element("h4", {}, describe({ name, datatype, shape })),
    element("pre", {}, rows.join("\n")),
  );
}

/**
 * Numbers become the text that the server wrote: JavaScript's have fewer digits.
 * @param {string} _key
 * @param {unknown} value
 * @param {{ source?: string }} [context]
 */
function keepDigits(_key, value, context) {
  return typeof value === "number" && !Number.isSafeInteger(value)
    ? context?.source ?? value
    : value;
}

/**
 * The form that tries a model.
 * @param {Model} model
 */
function modelForm(model) {
  const version = element(
    "select",
    {},
    ...model.versions.map((it) => element("option", { value: it }, it)),
  );
  version.value = model.versions[model.versions.length - 1];
  const fields = model.inputs.map(inputFields);
  const button = element("button", { type: "submit" }, "Run");
  const result = element("output", {});
  const form = element(
    "form",
    {},
    ...model.versions.length > 1 ? [labelled("Version", version)] : [],
    ...fields.map(({ fieldset }) => fieldset),
    button,
    result,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    result.replaceChildren("Running …");
    const request = '{"inputs":[' + fields.map(({ json }) => json()) + "]}";
    try {
      const start = performance.now();
      const path = pathOf(model) + "/versions/" + version.value + "/infer";
      const text = await send(path, request);
      const time = (performance.now() - start).toFixed(1);
      const { outputs } = JSON.parse(text, keepDigits);
      result.replaceChildren(
        element("p", {}, "Answered in " + time + " ms."),
        ...outputs.map(outputRows),
        folded("Request", request),
        folded("Answer", text),
      );
    } catch (error) {
      result.replaceChildren(
        element("p", { className: "error" }, messageOf(error)),
        folded("Request", request),
      );
    } finally {
      button.disabled = false;
    }
  });
  return form;
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @param {Model} model */
function modelSection(model) {
  const listOf = (/** @type {Tensor[]} */ tensors) =>
    element(
      "ul",
      {},
      ...tensors.map((it) => element("li", {}, element("code", {}, describe(it)))),
    );
  const section = element(
    "details",
    {},
    element("summary", {}, model.name),
    element("h3", {}, "Inputs"),
    listOf(model.inputs),
    element("h3", {}, "Outputs"),
    listOf(model.outputs),
    element("h3", {}, "Try it"),
    modelForm(model),
  );
  section.dataset.model = model.name;
  return section;
}

async function show() {
  const message = byId("message");
  message.textContent = "Loading …";
  try {
    const { name, version } = JSON.parse(await send("v2"));
    byId("server").textContent = name + " " + version;
    /** @type {{ models: string[] }} */
    const { models } = JSON.parse(await send("v2/models"));
    const found = await Promise.all(models.map(async (it) =>
      JSON.parse(await send("v2/models/" + encodeURIComponent(it)))
    ));
    byId("token").hidden = true;
    const sections = found.map(modelSection);
    if (sections.length === 1) sections[0].open = true;
    byId("models").replaceChildren(...sections);
    message.textContent = models.length === 0 ? "No models are served." : "";
  } catch (error) {
    message.textContent = messageOf(error);
  }
}

byId("token").addEventListener("submit", (event) => {
  event.preventDefault();
  token = /** @type {HTMLInputElement} */ (byId("token-text")).value.trim();
  show();
});
byId("reload").addEventListener("click", show);
show();
`;
