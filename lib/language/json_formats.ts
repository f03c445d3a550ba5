const FOURTH_YEAR = "0[48]|[2468][048]|[13579][26]";
const LEAP_YEAR = `\\d\\d(?:${FOURTH_YEAR})|(?:00|${FOURTH_YEAR})00`;
const DAYS = "(?:0[1-9]|1\\d|2\\d";
const DATE = [
  `\\d{4}-(?:0[13578]|1[02])-${DAYS}|3[01])`,
  `\\d{4}-(?:0[469]|11)-${DAYS}|30)`,
  "\\d{4}-02-(?:0[1-9]|1\\d|2[0-8])",
  `(?:${LEAP_YEAR})-02-29`,
].join("|");

const HOUR = "(?:[01]\\d|2[0-3])";
const MINUTE = "[0-5]\\d";
const TIME = `${HOUR}:${MINUTE}:${MINUTE}(?:\\.\\d{1,9})?` +
  `(?:Z|[+-]${HOUR}:${MINUTE})`;

// A unit is followed by the next smaller one only.
const SECONDS = "\\d{1,9}S";
const MINUTES = `\\d{1,9}M(?:${SECONDS})?`;
const HOURS = `\\d{1,9}H(?:${MINUTES})?`;
const CLOCK = `T(?:${HOURS}|${MINUTES}|${SECONDS})`;
const MONTHS = "\\d{1,9}M(?:\\d{1,9}D)?";
const CALENDAR = `(?:\\d{1,9}Y(?:${MONTHS})?|${MONTHS}|\\d{1,9}D)`;

// Short enough that no name is longer than allowed.
const LABEL = "[A-Za-z\\d]{1,20}(?:-[A-Za-z\\d]{1,20}){0,2}";
const HOST = `${LABEL}(?:\\.${LABEL}){0,3}`;
const ATOM = "[A-Za-z\\d!#$%&'*+/=?^_`{|}~-]";

const BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const WORD = "[\\da-fA-F]{1,4}";

// Two colons stand for the words that are missing.
const SHORT_ADDRESSES = [1, 2, 3, 4, 5, 6].map((left) =>
  `(?:${WORD}:){${left}}(?::${WORD}){1,${7 - left}}`
);
const ADDRESS = [
  `(?:${WORD}:){7}${WORD}`,
  `(?:${WORD}:){1,7}:`,
  ...SHORT_ADDRESSES,
  `:(?::${WORD}){1,7}`,
  "::",
].join("|");

/** Patterns of the values of `format`. */
export const FORMATS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    date: DATE,
    time: TIME,
    "date-time": `(?:${DATE})T${TIME}`,
    duration: `P(?:${CALENDAR}(?:${CLOCK})?|${CLOCK}|\\d{1,9}W)`,
    email: `${ATOM}{1,32}(?:\\.${ATOM}{1,31})?@${HOST}`,
    hostname: HOST,
    ipv4: `${BYTE}(?:\\.${BYTE}){3}`,
    ipv6: ADDRESS,
    uuid: "[\\da-fA-F]{8}(?:-[\\da-fA-F]{4}){3}-[\\da-fA-F]{12}",
  }).map(([name, pattern]) => [name, `^(?:${pattern})$`]),
);
