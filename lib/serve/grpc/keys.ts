import { unusableKeys } from "../listen_options.ts";

/**
 * Checks keys for TLS, which the library would accept as they are.
 *
 * @param keys The certificate chain and its private key in PEM.
 */
export async function checkKeys(
  { cert, key }: { readonly cert: string; readonly key: string },
): Promise<void> {
  const { createPrivateKey, X509Certificate } = await import("node:crypto");
  let fits: boolean;
  try {
    fits = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    throw unusableKeys(cause);
  }
  if (!fits) {
    throw unusableKeys(new Error("the certificate does not match the key"));
  }
}
