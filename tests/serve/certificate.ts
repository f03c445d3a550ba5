// A certificate for this machine, as X.509 and DER have it.

type Bytes = Uint8Array<ArrayBuffer>;

/** A certificate that signs itself, and its key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

function concat(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, it) => sum + it.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}

function der(tag: number, ...parts: readonly Uint8Array[]): Bytes {
  const body = concat(...parts);
  const { length } = body;
  const head = length < 0x80
    ? [tag, length]
    : length < 0x100
    ? [tag, 0x81, length]
    : [tag, 0x82, length >> 8, length & 0xff];
  return concat(new Uint8Array(head), body);
}

const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts);
const bytes = (...values: number[]) => new Uint8Array(values);
const text = (value: string) => new TextEncoder().encode(value);

/** An integer without sign. */
function integer(value: Uint8Array): Bytes {
  const start = value.findIndex((it) => it !== 0);
  const digits = value.slice(start);
  return der(2, digits[0]! >= 0x80 ? concat(bytes(0), digits) : digits);
}

const ECDSA_SHA256 = sequence(
  der(6, bytes(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2)),
);
const NAME = sequence(
  der(
    0x31,
    sequence(der(6, bytes(0x55, 4, 3)), der(0x0c, text("localhost"))),
  ),
);
/** `localhost` and 127.0.0.1. */
const ALTERNATIVE_NAMES = sequence(
  der(6, bytes(0x55, 0x1d, 0x11)),
  der(
    4,
    sequence(der(0x82, text("localhost")), der(0x87, bytes(127, 0, 0, 1))),
  ),
);

/** Makes a certificate for `localhost`. */
export async function makeCertificate(): Promise<Certificate> {
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const keys = await crypto.subtle.generateKey(curve, true, ["sign", "verify"]);
  const exported = async (format: "spki" | "pkcs8", key: CryptoKey) =>
    new Uint8Array(await crypto.subtle.exportKey(format, key));
  const contents = sequence(
    der(0xa0, der(2, bytes(2))),
    integer(bytes(1)),
    ECDSA_SHA256,
    NAME,
    sequence(
      der(0x17, text("200101000000Z")),
      der(0x17, text("491231235959Z")),
    ),
    NAME,
    await exported("spki", keys.publicKey),
    der(0xa3, sequence(ALTERNATIVE_NAMES)),
  );
  const signature = new Uint8Array(
    await crypto.subtle.sign(
      { name: "ECDSA", hash: "SHA-256" },
      keys.privateKey,
      contents,
    ),
  );
  const pair = sequence(
    integer(signature.slice(0, 32)),
    integer(signature.slice(32)),
  );
  const certificate = sequence(
    contents,
    ECDSA_SHA256,
    der(3, bytes(0), pair),
  );
  return {
    cert: pem("CERTIFICATE", certificate),
    key: pem("PRIVATE KEY", await exported("pkcs8", keys.privateKey)),
  };
}

function pem(label: string, contents: Uint8Array): string {
  const lines = contents.toBase64().match(/.{1,64}/g)!.join("\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
