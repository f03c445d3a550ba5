/** Files of a project by their paths in its folder. */
export type ProjectFiles = Readonly<Record<string, string>>;
